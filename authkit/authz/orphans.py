"""What raw SQL leaves behind: grants, tags and groups of single persons that belong to nothing.

A reused key would inherit them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from authkit.models import Tag, get_group_model, get_membership_model, get_permission_model
from authkit.models.targets import NIL, key_column

from .own_groups import own_group_name, owner_key

Rows = QuerySet[Any]
AT_ONCE = 500


class Orphans(NamedTuple):
    """Rows that belong to nothing, and why not."""

    rows: Rows
    why: str

    def __str__(self) -> str:
        return f"{self.rows.model._meta.verbose_name_plural} {self.why}"


def find() -> Iterator[Orphans]:
    """Each kind of orphans that there are. Cost: a query for each model that is pointed at."""
    kinds: tuple[type[Model], ...] = (get_permission_model(), Tag)
    found = [*(each for kind in kinds for each in _of_kind(kind)), _own_groups()]
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
    using = router.db_for_read(model)
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
    listed = list(keys)
    parts = (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
    return {pk for part in parts for pk in records.filter(pk__in=part).values_list("pk", flat=True)}


def _own_groups() -> Orphans:
    """The groups of single persons who are gone; one with other members is no such group."""
    groups, users = get_group_model(), get_user_model()
    using = router.db_for_write(groups)
    before, _key, _after = own_group_name("\n").partition("\n")
    named = groups._default_manager.using(using).filter(name__startswith=before)
    found_keys = {pk: owner_key(name) for pk, name in named.values_list("pk", "name")}
    owners = {pk: key for pk, key in found_keys.items() if key is not None}
    existing = _existing(users._base_manager.using(router.db_for_read(users)), owners.values())
    gone = [pk for pk, key in owners.items() if key not in existing]
    members = get_membership_model()._base_manager.using(using).filter(group=OuterRef("pk"))
    found = Q(pk__in=gone) & ~Exists(members)
    return Orphans(groups._default_manager.using(using).filter(found), "of users who are gone")
