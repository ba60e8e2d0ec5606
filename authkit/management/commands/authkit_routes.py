"""List every URL with the rule that guards it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import get_resolver

from authkit.authz.routes import guarded_routes


class Command(BaseCommand):
    """``manage.py authkit_routes [--check]``"""

    help = "Lists every URL with the rule that guards it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="show the unguarded and faulty ones alone; fail if any is",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        routes = list(guarded_routes(get_resolver()))
        bare = [route for route in routes if not route.guarded_by]
        faulty = [route for route in routes if route.faults]
        width = max((len(route.path) for route in routes), default=0)
        for route in routes:
            if check and route.guarded_by and not route.faults:
                continue
            told = route.guarded_by or self.style.ERROR("NO RULE")
            faults = (self.style.ERROR(f"FAULT: {fault}") for fault in route.faults)
            self.stdout.write("  ".join([f"/{route.path:<{width}}", told, *faults]))
        if check and (bare or faulty):
            raise CommandError(
                f"{len(bare)} of {len(routes)} URLs are guarded by no rule, "
                f"{len(faulty)} by one that can never hold."
            )
