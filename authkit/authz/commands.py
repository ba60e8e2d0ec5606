"""The commands of the facade: who is meant is found, then a manager of the models does it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import router, transaction

from authkit.models import get_group_model, get_membership_model, get_permission_model
from authkit.models.permissions import check_permission_name
from authkit.models.tracked import tried_again

from .arguments import UNSET, is_several, listed, many_targets, wanted_group, wanted_user
from .own_groups import find_own_group, own_group


def _groups() -> Any:
    model = get_group_model()
    return model._default_manager.db_manager(router.db_for_write(model))


def _memberships() -> Any:
    model = get_membership_model()
    return model._default_manager.db_manager(router.db_for_write(model))


def _permissions() -> Any:
    model = get_permission_model()
    return model._default_manager.db_manager(router.db_for_write(model))


def create_group(name: str, description: str) -> Any:
    """See authkit.auth."""
    return _groups().create_group(name, description=description)


def delete_group(group: Any) -> int:
    """See authkit.auth."""
    groups = _groups()
    try:
        found = wanted_group(group, groups.db)
    except groups.model.DoesNotExist:
        return 0
    deleted: int = found.delete()[1].get(groups.model._meta.label, 0)
    return deleted


def add_membership(group: Any, user: Any, expires_at: datetime | None) -> Any:
    """See authkit.auth."""
    memberships = _memberships()
    member = wanted_user(user, memberships.db)
    found = wanted_group(group, memberships.db)
    return memberships.add(found, member, expires_at=expires_at)


def remove_membership(group: Any, user: Any) -> int:
    """See authkit.auth."""
    memberships = _memberships()
    member = wanted_user(user, memberships.db)
    removed: int = memberships.remove(wanted_group(group, memberships.db), member)
    return removed


def add_permission(
    group: Any,
    name: str | Iterable[str],
    target: Any,
    record: Any,
    expires_at: datetime | None,
) -> Any:
    """See authkit.auth."""
    permissions = _permissions()
    several = any(map(is_several, (group, name, target, record)))
    names, targets = listed(name), many_targets(target, record)
    for each in names:
        check_permission_name(each)
    if not several:
        # No transaction around it, in which it could not be tried again.
        holder = _holder(group, permissions.db)
        return permissions.add(holder, name, targets[0], expires_at=expires_at)
    groups = listed(group)

    def add() -> Any:
        with transaction.atomic(using=permissions.db):
            holders = [_holder(each, permissions.db) for each in groups]
            return permissions.add_each(holders, names, targets, expires_at=expires_at)

    return tried_again(add, using=permissions.db)


def remove_permission(group: Any, name: str | Iterable[str], target: Any, record: Any) -> int:
    """See authkit.auth."""
    permissions = _permissions()
    found = [_holder(each, permissions.db, make=False) for each in listed(group)]
    holders = [holder for holder in found if holder is not None]
    call = partial(permissions.remove_each, holders, listed(name), many_targets(target, record))
    removed: int = tried_again(call, using=permissions.db)
    return removed


def _holder(group: Any, using: str, *, make: bool = True) -> Any:
    """The group that is meant; a user means his own, or None where he has none."""
    if not isinstance(group, get_user_model()):
        return wanted_group(group, using)
    user = wanted_user(group, using)
    return own_group(user, using) if make else find_own_group(user, using)


def change_status(verb: str, user: Any) -> None:
    """Have the manager of users do *verb* to *user*, an instance or its key."""
    if user is UNSET or user is None:
        raise ValueError("Say whose status is to change.")
    manager: Any = get_user_model()._default_manager
    getattr(manager, verb)(wanted_user(user, router.db_for_write(manager.model)))
