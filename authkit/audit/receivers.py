"""Turns changes and logins into events."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import Error, models, transaction
from django.http import HttpRequest

from authkit.models import Action
from authkit.signals import row_changed, user_changed

from . import claim_event, current_name, record, refuse

logger = logging.getLogger("authkit.audit")

_VERBS = {
    ("membership", "create"): "membership_add",
    ("membership", "delete"): "membership_remove",
    ("permission", "create"): "permission_add",
    ("permission", "delete"): "permission_remove",
    ("tag", "create"): "tag_add",
    ("tag", "delete"): "tag_remove",
}


def connect() -> None:
    """Connect every receiver."""
    user_changed.connect(on_user_changed, dispatch_uid="authkit.audit.user")
    row_changed.connect(on_row_changed, dispatch_uid="authkit.audit.row")
    user_logged_in.connect(on_login, dispatch_uid="authkit.audit.login")
    user_logged_out.connect(on_logout, dispatch_uid="authkit.audit.logout")
    user_login_failed.connect(on_login_failed, dispatch_uid="authkit.audit.login_failed")


def on_user_changed(
    *, user: Any, pk: Any, action: Action, data: dict[str, Any], using: str, **kwargs: Any
) -> None:
    """A user was created, changed or deleted."""
    if not claim_event(pk):
        return
    name = current_name()
    if name is not None:
        data = {"action": action.value, **data}
    deleted = action == Action.DELETE
    record(name or action.value, user=user, user_pk=pk, data=data, using=using, deleted=deleted)


def on_row_changed(
    *,
    sender: type[models.Model],
    instance: Any,
    pk: Any,
    action: str,
    data: dict[str, Any],
    using: str,
    **kwargs: Any,
) -> None:
    """A group, membership, permission or tag was created, changed or deleted."""
    kind = _kind(sender)
    user = instance.user if instance is not None and kind == "membership" else None
    target = sender._meta.label_lower + ("" if pk is None else f" {pk}")
    name = _VERBS.get((kind, action), f"{kind}_{action}")
    record(name, user=user, target=target, data=data, using=using)


def _kind(model: type[models.Model]) -> str:
    """group, membership, permission or tag, also for a swapped model."""
    for base in model.__mro__:
        name = base.__name__.lower().removeprefix("abstract")
        if name in {"group", "membership", "permission", "tag"}:
            return name
    return model.__name__.lower()


def on_login(*, user: Any, **kwargs: Any) -> None:
    """A session has begun."""
    if isinstance(user, get_user_model()):
        record("login", user=user, actor=user)


def on_logout(*, user: Any, **kwargs: Any) -> None:
    """A session was ended by its owner, which must work even where nothing can be recorded."""
    if user is None or user.pk is None:
        return
    try:
        with transaction.atomic():
            record("logout", user=user, actor=user)
    except Error:
        logger.exception("The logout of user %s could not be recorded.", user.pk)


def on_login_failed(*, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Credentials were refused; what was typed is not kept, for it may be a password."""
    refused = getattr(request, "authkit_refused", None)
    reason = "credentials" if refused is None else f"status_{refused.status}"
    refuse(current_name() or "login", user=getattr(request, "authkit_attempt", None), reason=reason)
