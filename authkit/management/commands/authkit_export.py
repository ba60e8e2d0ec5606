"""Write groups and their grants as a file that can be reviewed, for ``authkit_sync``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from authkit.authz.policy_export import export
from authkit.authz.printing import printable


class Command(BaseCommand):
    """``manage.py authkit_export [FILE]``"""

    help = "Writes groups and their permissions as TOML. Members are none of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default="-", help="where to; - or none: here")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            import tomli_w
        except ImportError:
            raise CommandError('Install what writes TOML: "django-authkit[policy]"') from None
        policy, left_out = export()
        text = "".join(map(_escaped, tomli_w.dumps(policy)))
        if file == "-":
            self.stdout.write(text, ending="")
        else:
            try:
                Path(file).write_text(text, encoding="utf-8")
            except OSError as error:
                raise CommandError(str(error), returncode=2) from None
        for grant in left_out:
            self.stderr.write(
                f"left out, as its target is gone (see authkit_doctor): {printable(grant)}"
            )


def _escaped(char: str) -> str:
    """*char* as TOML writes what cannot be seen, but for the ends of lines."""
    return char if char.isprintable() or char == "\n" else f"\\U{ord(char):08x}"
