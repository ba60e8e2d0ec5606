"""Own groups: whose they are never changes, and nobody but their owner is in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .batches import batches

STRANGER = _("This group is the own group of somebody else.")
# Nobody meets it on a page: no form has the field.
CHANGED = "A group has its owner from the start, and keeps them."

_Base: Any = models.Manager if TYPE_CHECKING else object


def _rows(setting: str, using: str) -> Any:
    return apps.get_model(getattr(settings, setting))._base_manager.using(using)


def _loaded(row: models.Model) -> Collection[str]:
    """The relations of *row* whose other end is in memory."""
    return row._state.fields_cache


def refuse_strangers(memberships: Sequence[Any], using: str) -> None:
    """Raises ValidationError: somebody would be in a group that is another's own."""
    owners = {row.group_id: row.group.owner_id for row in memberships if "group" in _loaded(row)}
    for part in batches({row.group_id for row in memberships} - owners.keys()):
        groups = _rows("AUTHKIT_GROUP_MODEL", using)
        owners |= groups.filter(pk__in=part).values_list("pk", "owner")
    for row in memberships:
        owner = owners.get(row.group_id)
        if owner is not None and str(owner) != str(row.user_id):
            raise ValidationError(STRANGER, "own_group")


def refuse_owners(groups: Sequence[Any], using: str) -> None:
    """Raises ValidationError: a group would have another owner, or strangers in it."""
    keyed = [row for row in groups if row.pk is not None and "owner_id" in row.__dict__]
    for part in batches(keyed):
        owners = {row._meta.pk.to_python(row.pk): row.owner_id for row in part}
        found = _rows("AUTHKIT_GROUP_MODEL", using).filter(pk__in=owners)
        known = dict(found.values_list("pk", "owner"))
        if any(str(owners[pk]) != str(owner) for pk, owner in known.items()):
            raise ValidationError(CHANGED, "own_group")
        # A fixture may have memberships before their groups.
        new = {pk for pk, owner in owners.items() if owner is not None and pk not in known}
        members = _rows("AUTHKIT_MEMBERSHIP_MODEL", using).filter(group__in=new)
        for pk, user in members.values_list("group", "user"):
            if str(owners[pk]) != str(user):
                raise ValidationError(STRANGER, "own_group")


class SavingEnd(_Base):  # type: ignore[misc]
    """Beside the manager that Django makes for the end of a foreign key."""

    def add(self, *objs: Any, bulk: bool = True) -> None:
        """Move the memberships *objs* here, each by its ``save()``: checked, told and forgotten."""
        # In bulk Django writes past every manager and signal.
        super().add(*objs, bulk=False)

    add.alters_data = True  # type: ignore[attr-defined]


class MembershipsDescriptor(ReverseManyToOneDescriptor):  # type: ignore[type-arg]
    """On a user or a group the manager of the memberships."""

    @cached_property
    def related_manager_cls(self) -> Any:
        return type("MembershipManager", (SavingEnd, super().related_manager_cls), {})
