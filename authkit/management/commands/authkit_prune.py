"""Delete accounts whose address was never verified: for a daily cron job."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from authkit.accounts.flows import delete_expired


class Command(BaseCommand):
    """``manage.py authkit_prune``"""

    help = "Deletes accounts that were not verified within AUTHKIT['UNVERIFIED_EXPIRATION']."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        count = delete_expired()
        if verbosity:
            self.stdout.write(f"{count} deleted")
