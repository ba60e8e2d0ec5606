"""Make groups and their grants what a file says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authkit.authz.policy import Plan, plan, sync, write_alias
from authkit.authz.policy_file import PolicyError, read
from authkit.authz.printing import printable


class Command(BaseCommand):
    """``manage.py authkit_sync FILE [--check] [--prune]``"""

    help = (
        "Makes groups and their permissions what a TOML file says, all of it or, where something "
        "in it is unknown, nothing. Exit code of --check: 1 where there is a difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="what authkit_export has written; -: standard input")
        parser.add_argument("--check", action="store_true", help="write nothing, only compare")
        parser.add_argument(
            "--prune", action="store_true", help="remove groups and permissions not in the file"
        )

    def handle(
        self, *args: Any, file: str, check: bool, prune: bool, verbosity: int, **options: Any
    ) -> None:
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            wanted = read(text, write_alias(), "standard input" if file == "-" else file)
        except (OSError, UnicodeDecodeError, PolicyError) as error:
            raise CommandError(str(error), returncode=2) from None
        made = plan(wanted, write_alias()) if check else sync(wanted, prune=prune)
        if verbosity:
            self.tell(made, prune=prune)
        if check and made.changes(prune=prune):
            sys.exit(1)

    def tell(self, made: Plan, *, prune: bool) -> None:
        """Each change in a line, and what stays though the file does not name it."""
        changes = made.changes(prune=prune)
        for line in changes:
            self.stdout.write(printable(line))
        if not prune:
            for line in made.extra("?"):
                self.stdout.write(f"{printable(line)}, not in the file (--prune removes it)")
        if not changes:
            self.stdout.write("no difference")
