"""Text columns that compare byte by byte on every database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import lookups

# Names differ by vendor, hence no db_collation. "nopad" keeps "a" and "a " apart on MariaDB.
_BYTE_ORDER = {"postgresql": "C", "sqlite": "BINARY", "mysql": "utf8mb4_nopad_bin"}


def is_storable(text: str) -> bool:
    """Whether every database can compare *text* with a column: no NUL, no half of a character."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


class _ByteOrdered:
    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)  # type: ignore[misc]
        parameters["collation"] = _BYTE_ORDER.get(connection.vendor)
        return parameters


class KeyField(_ByteOrdered, models.CharField):  # type: ignore[type-arg]  # generic in the stubs
    """A byte-ordered CharField: equality, order and uniqueness are those of the bytes."""


class KeyEmailField(_ByteOrdered, models.EmailField):  # type: ignore[type-arg]
    """A byte-ordered EmailField; it stores, and looks up, lower case."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value.strip().lower() if isinstance(value, str) else value


class _IgnoresCase:
    """MariaDB's LIKE obeys the column's collation: under a binary one it would not ignore case."""

    def process_lhs(self, compiler: Any, connection: BaseDatabaseWrapper, lhs: Any = None) -> Any:
        sql, params = super().process_lhs(compiler, connection, lhs)  # type: ignore[misc]
        return _lower(sql, connection), params

    def process_rhs(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        sql, params = super().process_rhs(compiler, connection)  # type: ignore[misc]
        return _lower(sql, connection), params


def _lower(sql: str, connection: BaseDatabaseWrapper) -> str:
    return f"LOWER({sql})" if connection.vendor == "mysql" else sql


for _lookup in (lookups.IExact, lookups.IContains, lookups.IStartsWith, lookups.IEndsWith):
    _class = type(_lookup.__name__, (_IgnoresCase, _lookup), {})
    KeyField.register_lookup(_class)
    KeyEmailField.register_lookup(_class)
