"""Reads go to the replica and writes to its source, but for what is in the other database."""

from __future__ import annotations

from typing import Any


class ReplicaRouter:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "other" if is_in_other(**hints) else "replica"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "other" if is_in_other(**hints) else "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True


def is_in_other(instance: Any = None, **hints: Any) -> bool:
    return instance is not None and instance._state.db == "other"
