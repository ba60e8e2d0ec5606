"""The commands of the facade: who is meant is found, then a manager of the models does it.

What each of them does is said once, in ``authkit.auth``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import router, transaction
from django.db.models import Model

from authkit.models import (
    AbstractGroup,
    AbstractMembership,
    AbstractPermission,
    get_group_model,
    get_membership_model,
    get_permission_model,
)
from authkit.models.deadlocks import retry_on_deadlock
from authkit.models.permissions import check_permission_name
from authkit.models.targets import Target

from .arguments import UNSET, is_several, listed, user_model
from .backend import question
from .own_groups import find_own_group, own_group_in_force
from .wanted import has_status, wanted_end, wanted_group, wanted_targets, wanted_user

Granted = AbstractPermission | list[AbstractPermission]


def _groups() -> Any:
    model = get_group_model()
    return model._default_manager.db_manager(router.db_for_write(model))


def _memberships() -> Any:
    model = get_membership_model()
    return model._default_manager.db_manager(router.db_for_write(model))


def _permissions() -> Any:
    model = get_permission_model()
    return model._default_manager.db_manager(router.db_for_write(model))


def create_group(name: str, description: str) -> AbstractGroup:
    group: AbstractGroup = _groups().create_group(name, description=description)
    return group


def delete_group(group: Any) -> int:
    groups = _groups()
    try:
        found = wanted_group(group, groups.db)
    except groups.model.DoesNotExist:
        return 0
    deleted: int = found.delete()[1].get(groups.model._meta.label, 0)
    return deleted


def add_membership(group: Any, user: Any, expires_at: Any) -> AbstractMembership:
    memberships = _memberships()
    ends = wanted_end(expires_at)
    member = wanted_user(user, memberships.db)
    found = wanted_group(group, memberships.db)
    made: AbstractMembership = memberships.add(found, member, expires_at=ends)
    return made


def remove_membership(group: Any, user: Any) -> int:
    memberships = _memberships()
    member = wanted_user(user, memberships.db)
    removed: int = memberships.remove(wanted_group(group, memberships.db), member)
    return removed


def add_permission(
    group: Any, name: str | Iterable[str], target: Any, record: Any, expires_at: Any
) -> Granted:
    permissions = _permissions()
    several = any(map(is_several, (group, name, target, record)))
    groups, names, targets = listed(group), listed(name), wanted_targets(target, record)
    ends = wanted_end(expires_at)
    for each in names:
        check_permission_name(each)
    _warn_of_codenames(names, targets)

    def add() -> Granted:
        holders = [_holder(each, permissions.db) for each in groups]
        made: Granted
        if several:
            made = permissions.add_each(holders, names, targets, expires_at=ends)
        else:
            made = permissions.add(holders[0], names[0], targets[0], expires_at=ends)
        return made

    if not several and not isinstance(group, user_model()):
        # No transaction around it, in which it could not be tried again.
        return add()
    whole = transaction.atomic(using=permissions.db)(add)
    made: Granted = retry_on_deadlock(whole, using=permissions.db)
    return made


def _warn_of_codenames(names: Iterable[str], targets: Iterable[Target]) -> None:
    """Warn of names as Django spells them, which say the model a second time."""
    keys = {target.content_type_id for target in targets if target.content_type_id is not None}
    types = [ContentType.objects.get_for_id(key) for key in keys]
    for name in names:
        spelled = question(name)
        for each in types:
            right, model = question(f"{each.app_label}.{name}")
            if spelled[1] is None and model is not None and _is_of(model, each):
                spelled = right, model
        if spelled[1] is not None:
            warnings.warn(
                f"{name!r} is spelled as Django does: name the right alone, {spelled[0]!r}, and "
                "the model as the target.",
                stacklevel=4,
            )


def _is_of(model: type[Model], content_type: ContentType) -> bool:
    return model._meta.concrete_model is content_type.model_class()


def remove_permission(group: Any, name: str | Iterable[str], target: Any, record: Any) -> int:
    permissions = _permissions()
    found = [_holder(each, permissions.db, make=False) for each in listed(group)]
    holders = [holder for holder in found if holder is not None]
    call = partial(permissions.remove_each, holders, listed(name), wanted_targets(target, record))
    removed: int = retry_on_deadlock(call, using=permissions.db)
    return removed


def _holder(group: Any, using: str, *, make: bool = True) -> Any:
    """The group that is meant; a user means their own, or None where they have none."""
    if not isinstance(group, (user_model(), AnonymousUser)):
        return wanted_group(group, using)
    user = wanted_user(group, using)
    return own_group_in_force(user, using) if make else find_own_group(user, using)


def change_status(verb: str, user: Any) -> None:
    """Have the manager of users do *verb* to *user*, an instance or its key."""
    if user is UNSET or user is None:
        raise ValueError("Say whose status is to change.")
    model = user_model()
    if not has_status(model):
        raise TypeError(f"{model._meta.label} has no status: derive it from AbstractUserBasic.")
    manager = model._default_manager
    getattr(manager, verb)(wanted_user(user, router.db_for_write(manager.model)))
