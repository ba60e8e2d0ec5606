"""What the settings of every row have in common: those of the suite, on SQLite files."""

from __future__ import annotations

import os
from pathlib import Path

from tests.settings import *  # noqa: F403
from tests.settings import SQLITE

VENDOR = "sqlite"
FOLDER = Path(os.environ.get("AUTHKIT_SWAPPED_FOLDER", "."))
DATABASES = {"default": {**SQLITE, "NAME": str(FOLDER / "site.sqlite3")}}
# Where makemigrations puts those of the row's app.
MIGRATION_MODULES = {"people": "people_migrations"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
