"""What authorization does when something changes."""

from __future__ import annotations

from typing import Any

from authkit.conf import get_conf
from authkit.models import Action, Status, get_group_model, get_membership_model
from authkit.signals import row_changed, user_changed

from . import memory
from .own_groups import own_group


def connect() -> None:
    """Connect every receiver."""
    user_changed.connect(memory.forget, dispatch_uid="authkit.authz.user")
    row_changed.connect(memory.forget, dispatch_uid="authkit.authz.row")
    user_changed.connect(join_first_groups, dispatch_uid="authkit.authz.join")


def join_first_groups(
    *, user: Any, action: Action, data: dict[str, Any], using: str, **kwargs: Any
) -> None:
    """Put a user who is active for the first time into the groups that everybody begins with."""
    if user is None or user.status != Status.ACTIVE or not _arrives(action, data):
        return
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


def _arrives(action: Action, data: dict[str, Any]) -> bool:
    """Whether the user is new; whoever comes back may have been taken out of a group meanwhile."""
    came_from = {Status.UNVERIFIED.value, Status.PENDING.value}
    return action == Action.CREATE or data.get("from") in came_from
