"""What authorization does when something changes."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

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


_ARRIVING = {Action.CREATE, Action.VERIFY, Action.APPROVE, Action.PASSWORD, Action.ALLOW}


def join_first_groups(*, user: Model | None, action: Action, using: str, **kwargs: Any) -> None:
    """Put a user who has become active into the group of everybody, and into one of his own."""
    if user is None or action not in _ARRIVING or user.status != Status.ACTIVE:  # type: ignore[attr-defined]
        return
    conf = get_conf()
    if conf.EVERYBODY_GROUP:
        groups: Any = get_group_model()._default_manager.db_manager(using)
        memberships: Any = get_membership_model()._default_manager.db_manager(using)
        memberships.add(groups.put({"name": conf.EVERYBODY_GROUP}), user)
    if conf.CREATE_USER_GROUPS:
        own_group(user, using)
