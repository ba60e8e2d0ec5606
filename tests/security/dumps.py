"""Everything that is stored."""

from __future__ import annotations

import pickle
import zlib
from typing import Any

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection

SESSION = ("django_session",)
EVENT = ("authkit_event",)


def tables(*, without: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, sorted."""
    dump = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in without:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                dump[table] = sorted(cursor.fetchall(), key=repr)
    return dump


def stored() -> str:
    """All tables, all sessions decoded and the whole cache, as one text."""
    sessions = [session.get_decoded() for session in Session.objects.all()]
    cached = [(key, _cached(value)) for key, value in cache._cache.items()]
    return f"{tables()!r}\n{sessions!r}\n{cached!r}"


def _cached(value: bytes) -> Any:
    try:
        return pickle.loads(value)
    except pickle.UnpicklingError:
        return zlib.decompress(value)
