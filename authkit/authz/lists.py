"""The resolver's lists: QuerySets of what somebody may, and of who may something."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import F, Model, QuerySet

from authkit.conf import get_conf
from authkit.models import get_group_model
from authkit.models.permissions import is_permission_name
from authkit.models.targets import Target, has_record_keys, key_column

from . import grants
from .holders import NOBODY, Holder, active_filter, loaded
from .resolver import may, read_alias
from .statements import OneOf, Part, UnionPart

M = TypeVar("M", bound=Model)


def permitted(rows: QuerySet[M], holder: Holder, name: str) -> QuerySet[M]:
    """The records of *rows* on which *holder* may *name*; asked where they are read.

    Cost: no query of its own but one, remembered, for the grant on the whole model, whose holder
    gets *rows* back as they are. Raises TypeError: *rows* cannot be narrowed any more.
    """
    if rows.query.is_sliced or rows.query.combinator:
        raise TypeError("Ask for what is permitted before a list is sliced or combined.")
    holder = loaded(holder, rows.db)
    target = Target.of(rows.model, using=rows.db)
    if holder is NOBODY or not is_permission_name(name):
        return rows.none()
    if may(holder, name, target, using=None if rows.db == read_alias() else rows.db):
        return rows.all()
    if not has_record_keys(rows.model):
        return rows.none()
    column, _none = key_column(rows.model)
    keys = Part(grants.records, holder.how, column, **grants.slots(name, target, holder))
    return rows.filter(OneOf(F("pk"), keys))


def users_with(name: str, target: Target) -> QuerySet[Any]:
    """The active users who may *name* on *target*, superusers too where they bypass all rules."""
    users = get_user_model()._default_manager.using(read_alias())
    if not is_permission_name(name):
        return users.none()
    shape = (target.kind, get_conf().SUPERUSER_BYPASS)
    keys = UnionPart(grants.users, *shape, **grants.slots(name, target))
    return users.filter(OneOf(F("pk"), keys), **active_filter())


def groups_with(name: str, target: Target) -> QuerySet[Any]:
    """The groups that have a grant of *name* which covers *target*."""
    groups = get_group_model()._default_manager.using(read_alias())
    if not is_permission_name(name):
        return groups.none()
    keys = Part(grants.groups, target.kind, **grants.slots(name, target))
    return groups.filter(OneOf(F("pk"), keys))
