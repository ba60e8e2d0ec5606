"""What raw SQL leaves behind: grants and tags that belong to nothing.

A reused key would inherit them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models import Exists, Model, OuterRef, QuerySet

from authkit.models import Tag, get_permission_model
from authkit.models.batches import AT_ONCE, batches
from authkit.models.targets import NIL, key_column

Rows = QuerySet[Any]
NAMED = 10  # so many are told of by name


class Orphans(NamedTuple):
    """Rows that belong to nothing, and why not."""

    rows: Rows
    why: str

    def __str__(self) -> str:
        return f"{self.rows.model._meta.verbose_name_plural} {self.why}"

    def names(self) -> list[str]:
        """The first of them in words."""
        related = [name for name in ("group", "content_type") if hasattr(self.rows.model, name)]
        rows = self.rows.select_related(*related).order_by("pk")[: NAMED + 1]
        names = [str(row) for row in rows]
        return [*names[:NAMED], "…"] if len(names) > NAMED else names


def find() -> Iterator[Orphans]:
    """Each kind of orphans that there are. Cost: a query for each model that is pointed at."""
    kinds: tuple[type[Model], ...] = (get_permission_model(), Tag)
    found = [each for kind in kinds for each in _of_kind(kind)]
    return (each for each in found if each.rows.exists())


def remove(orphans: Orphans) -> int:
    """How many were deleted, in batches; each is one event."""
    count = 0
    while pks := list(orphans.rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        # Asked again: a record may have come back to its key.
        orphans.rows.filter(pk__in=pks).delete()
        count += len(pks)
    return count


def _of_kind(kind: type[Model]) -> Iterator[Orphans]:
    using = router.db_for_write(kind)
    every = kind._default_manager.using(using)
    keys = every.exclude(target_key=0).order_by().values_list("target_key", flat=True).distinct()
    types = ContentType.objects.using(using).in_bulk(list(keys))
    for key, content_type in sorted(types.items()):
        rows, model = every.filter(target_key=key), content_type.model_class()
        label = f"{content_type.app_label}.{content_type.model}"
        if model is None:
            yield Orphans(rows, f"on {label}, a model that is no longer there")
        elif (lost := _without_record(rows, model)) is not None:
            yield Orphans(lost, f"on {label} whose record is no longer there")


def _without_record(rows: Rows, model: type[Model]) -> Rows | None:
    """Those of *rows* on a record that is gone; None where the table cannot be looked at."""
    rows = rows.exclude(object_id=0, object_uuid=NIL)
    try:
        column, _none = key_column(model)
    except TypeError:
        return rows  # no record of it can be pointed at
    using = router.db_for_write(model)  # no replica, which knows of a new record too late
    if model._meta.db_table not in connections[using].introspection.table_names():
        return None
    records = model._base_manager.using(using)
    if using == rows.db:
        return rows.exclude(Exists(records.filter(pk=OuterRef(column))))
    keys = rows.order_by().values_list(column, flat=True).distinct()
    gone = set(keys) - _existing(records, keys)
    return rows.filter(**{f"{column}__in": gone})


def _existing(records: Any, keys: Iterable[Any]) -> set[Any]:
    """Those of *keys* that are some record's."""
    parts = (records.filter(pk__in=part) for part in batches(keys))
    return {pk for part in parts for pk in part.values_list("pk", flat=True)}
