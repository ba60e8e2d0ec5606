"""Which of the two connections to the one database is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_alias: ContextVar[str] = ContextVar("bench_alias", default="default")


@contextmanager
def using(alias: str) -> Iterator[None]:
    """Within it every model is on *alias*."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)


class ActiveRouter:
    """Sends everything to the connection that ``using`` names."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return _alias.get()

    db_for_write = db_for_read

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        return True
