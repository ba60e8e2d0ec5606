"""What authorization does when something changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import post_delete

from authkit.conf import get_conf
from authkit.models import Action, Status, get_group_model, get_membership_model
from authkit.signals import row_changed, user_changed

from . import memory
from .own_groups import own_group


def connect() -> None:
    """Connect every receiver."""
    user_changed.connect(memory.forget, dispatch_uid="authkit.authz.user")
    row_changed.connect(memory.forget, dispatch_uid="authkit.authz.row")
    # Of a project whose users tell nothing themselves.
    post_delete.connect(
        memory.forget, sender=get_user_model(), dispatch_uid="authkit.authz.user_delete"
    )
    user_changed.connect(join_first_groups, dispatch_uid="authkit.authz.join")


def join_first_groups(
    *,
    user: Any,
    action: Action,
    data: dict[str, Any],
    using: str,
    users: Sequence[Any] = (),
    **kwargs: Any,
) -> None:
    """Put whoever is active for the first time into the groups that everybody begins with."""
    if user is not None and user.status == Status.ACTIVE and _arrives(action, data):
        _join(user, using)
    if active := [each for each in users if each.status == Status.ACTIVE]:
        _join_each(active, using)


def _join(user: Any, using: str) -> None:
    conf = get_conf()
    if conf.EVERYBODY_GROUP:
        groups: Any = get_group_model()._default_manager.db_manager(using)
        memberships: Any = get_membership_model()._default_manager.db_manager(using)
        group = groups.put({"name": conf.EVERYBODY_GROUP})
        # One that is there already has the end that somebody gave it.
        if not memberships.filter(group=group, user=user).exists():
            memberships.add(group, user)
    if conf.CREATE_USER_GROUPS:
        own_group(user, using)


def _join_each(users: list[Any], using: str) -> None:
    """The same for users who are new all at once: no membership is there."""
    conf = get_conf()
    if conf.EVERYBODY_GROUP:
        groups: Any = get_group_model()._default_manager.db_manager(using)
        memberships: Any = get_membership_model()._default_manager.db_manager(using)
        group = groups.put({"name": conf.EVERYBODY_GROUP})
        memberships.add_each([group.pk], [user.pk for user in users])
    if conf.CREATE_USER_GROUPS:
        for user in users:
            own_group(user, using)


def _arrives(action: Action, data: dict[str, Any]) -> bool:
    """Whether the user is new; whoever comes back may have been taken out of a group meanwhile."""
    came_from = {Status.UNVERIFIED.value, Status.PENDING.value}
    return action == Action.CREATE or data.get("from") in came_from
