"""Text columns that compare byte by byte on every database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

# Names differ by vendor, hence no db_collation. "nopad" keeps "a" and "a " apart on MariaDB.
_BYTE_ORDER = {"postgresql": "C", "sqlite": "BINARY", "mysql": "utf8mb4_nopad_bin"}


class _ByteOrdered:
    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)  # type: ignore[misc]
        parameters["collation"] = _BYTE_ORDER.get(connection.vendor)
        return parameters


class KeyField(_ByteOrdered, models.CharField):
    """A byte-ordered CharField: equality, order and uniqueness are those of the bytes."""


class KeyEmailField(_ByteOrdered, models.EmailField):
    """A byte-ordered EmailField."""
