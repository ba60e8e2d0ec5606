"""Another address: wished for, confirmed, or stopped."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from authkit import audit
from authkit.accounts.addresses import set_pending_address
from authkit.accounts.tokens import Claim
from authkit.exceptions import StaleUserError
from authkit.models import Mail, Status


def request_email_change(user: Any, address: str) -> None:
    """Note the wish and write to the new and the old address."""
    users = get_user_model()._default_manager
    with transaction.atomic():
        holder = users.get_by_email(address)
        set_pending_address(user, address)
        # An account that nobody has verified does not own the address.
        if holder is None or holder.status == Status.UNVERIFIED:
            # With the version: a wish from before a recovery is not carried out after it.
            Mail.objects.queue("email_change", address, user, version=user.version)
        else:
            Mail.objects.queue_for_another("email_change_taken", holder)
        if user.email:
            Mail.objects.queue("email_change_notice", user.email, user)
        audit.record("email_change", user=user, data={"step": "request"})


def change_email(claim: Claim) -> Any:
    """The user with the new address, or None: the link is dead, or the address taken meanwhile."""
    user = claim.user
    if user is None or user.status != Status.ACTIVE:
        return None
    manager = get_user_model()._default_manager
    try:
        with transaction.atomic(), audit.naming("email_change"):
            holder = manager.get_by_email(claim.address)
            if holder is not None:
                # Unverified, the mailbox is proved by somebody else; locked, lest it be verified.
                rows = manager.select_for_update().filter(pk=holder.pk, status=Status.UNVERIFIED)
                for row in rows:
                    row.delete()
            manager.set_email(user, claim.address, version=claim.version)
            set_pending_address(user, None)
    except (StaleUserError, IntegrityError):
        return None
    return user


def cancel_email_change(claim: Claim) -> Any:
    """The user whose address stays, logged out everywhere; None: the link is dead."""
    manager = get_user_model()._default_manager
    with transaction.atomic(), audit.naming("email_change_cancel"):
        # Locked, so that of two uses at once the second finds another version.
        row = manager.select_for_update().filter(pk=claim.pk, version=claim.version)
        if (user := row.first()) is not None:
            set_pending_address(user, None)
            manager.end_sessions(user)
    return user
