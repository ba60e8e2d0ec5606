"""Keeps allauth's tables and the outbox in step with the models, on whatever path they change."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save

from authkit.models import Action, Mail, Status
from authkit.signals import user_changed

from . import outbox
from .addresses import set_pending_address, sync_address

# After these a change of address that was asked for before is no longer wanted.
_ENDING = {Action.PASSWORD, Action.EMAIL, Action.DISABLE, Action.BLOCK, Action.END_SESSIONS}


def connect() -> None:
    """Connect every receiver."""
    user_changed.connect(on_user_changed, dispatch_uid="authkit.accounts.user")
    post_save.connect(on_mail_queued, sender=Mail, dispatch_uid="authkit.accounts.mail")


def on_user_changed(*, user: Any, action: Action, data: dict[str, Any], **kwargs: Any) -> None:
    """Sync the address and tell the person what was done to the account."""
    if user is None or action == Action.DELETE:
        return
    if action in _ENDING:
        set_pending_address(user, None)
    old = sync_address(user)
    if old is not None and user.status != Status.UNVERIFIED:
        Mail.objects.queue("email_changed", old, user)
    if action == Action.APPROVE:
        Mail.objects.queue_for_another("registration_approved", user)
    # A person who registers, or proves the address by choosing a password, knows it already.
    elif (
        action == Action.PASSWORD
        and user.status == Status.ACTIVE
        and data.get("from") != Status.UNVERIFIED
    ):
        Mail.objects.queue("password_changed", user.email, user)


def on_mail_queued(*, created: bool, using: str, **kwargs: Any) -> None:
    """Have it sent as soon as it is committed."""
    if created:
        transaction.on_commit(outbox.wake, using=using, robust=True)
