"""The settings of the row."""

from __future__ import annotations

from tests.swapped.base import *  # noqa: F403
from tests.swapped.base import DATABASES, FOLDER, SQLITE

DATABASES = {
    **DATABASES,
    "other": {**SQLITE, "NAME": ":memory:", "TEST": {"NAME": str(FOLDER / "other.sqlite3")}},
    "replica": {**SQLITE, "TEST": {"MIRROR": "default"}},
}
DATABASE_ROUTERS = ["tests.swapped.databases.router.ReplicaRouter"]
