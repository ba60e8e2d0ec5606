"""What a developer runs first, in one process: make the migrations, run them, find nothing left."""

from __future__ import annotations

import django
from django.apps import apps
from django.core.management import call_command


def main() -> None:
    django.setup()
    if "people" in apps.app_configs:
        call_command("makemigrations", "people", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True)
    call_command("check", fail_level="WARNING", databases=["default"])


if __name__ == "__main__":
    main()
