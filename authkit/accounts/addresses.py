"""Keeps allauth's EmailAddress rows saying what the user's row says."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress

from authkit.models import Status


def sync_address(user: Any) -> str | None:
    """Make the primary address the user's, verified unless the account waits for that.

    Returns the primary address that was replaced, if one was.
    """
    rows = EmailAddress.objects.filter(user=user)
    if not user.email:
        rows.delete()
        return None
    verified = Status.UNVERIFIED not in (user.status, user.blocked_from)
    old = rows.filter(primary=True).first()
    if old is not None and (old.email, old.verified) == (user.email, verified):
        return None
    rows.filter(primary=True).exclude(email=user.email).delete()
    rows.update_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": verified}
    )
    return old.email if old is not None and old.email != user.email else None


def pending_address(user: Any) -> EmailAddress | None:
    """The address that the user wants to change to, still to be confirmed."""
    address: EmailAddress | None = (
        EmailAddress.objects.filter(user=user, primary=False, verified=False)
        .order_by("-pk")
        .first()
    )
    return address


def set_pending_address(user: Any, address: str | None) -> None:
    """Note the wish to change to *address*; None drops it."""
    EmailAddress.objects.filter(user=user, primary=False).delete()
    if address:
        EmailAddress.objects.create(user=user, email=address, primary=False, verified=False)
