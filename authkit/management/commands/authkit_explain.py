"""Tell whether a user may do something, and why or what is missing."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authkit.authz.asking import find_target, find_user
from authkit.authz.explaining import explain
from authkit.authz.holders import holder_of
from authkit.authz.printing import printable


class Command(BaseCommand):
    """``manage.py authkit_explain USER NAME [TARGET]``"""

    help = (
        "Tells whether a user has a permission, and why. "
        "Exit code: 0 yes, 1 no, 2 there is no such user or target."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="address, user name or key")
        parser.add_argument("name", help="of the permission")
        parser.add_argument("target", nargs="?", default="", help="blog.Post or blog.Post:5")

    def handle(self, *args: Any, user: str, name: str, target: str, **options: Any) -> None:
        try:
            asked, on = find_user(user), find_target(target)
        except (LookupError, TypeError, ValueError) as error:
            raise CommandError(printable(error), returncode=2) from None
        decision = explain(holder_of(asked), name, on)
        where = f" on {target}" if target else ""
        self.stdout.write(printable(f"{'yes' if decision else 'no'}: {asked}, {name!r}{where}"))
        for reason in decision.because:
            self.stdout.write(f"  because {printable(reason)}")
        for what in decision.missing:
            self.stdout.write(f"  missing: {printable(what)}")
        if not decision:
            sys.exit(1)
