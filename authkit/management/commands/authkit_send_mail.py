"""Send what is in the outbox: for cron or a worker, where no thread of the web server does it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from authkit.accounts.outbox import drain


class Command(BaseCommand):
    """``manage.py authkit_send_mail``"""

    help = "Sends every mail that is due and ends."

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        sent = drain()
        if verbosity:
            self.stdout.write(f"{sent} sent")
