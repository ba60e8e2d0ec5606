"""Find grants and tags that belong to nothing any more, and remove them."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from authkit.authz import orphans
from authkit.authz.printing import printable


class Command(BaseCommand):
    """``manage.py authkit_doctor [--fix]``"""

    help = (
        "Finds what raw SQL has left behind: permissions and tags on records or models that are no "
        "longer there. Exit code 1: something is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--fix", action="store_true", help="remove what is found")

    def handle(self, *args: Any, fix: bool, verbosity: int, **options: Any) -> None:
        left = False
        for found in orphans.find():
            names = found.names() if verbosity else []
            count = orphans.remove(found) if fix else found.rows.count()
            left = left or not fix
            if verbosity:
                self.stdout.write(f"{count} {found}{': removed' if fix else ''}")
            for name in names:
                self.stdout.write(f"  {printable(name)}")
        if left:
            sys.exit(1)
