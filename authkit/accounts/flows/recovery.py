"""Getting back in by mail."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from authkit import audit
from authkit.accounts.tokens import Claim
from authkit.conf import get_conf
from authkit.exceptions import StaleUserError, StatusError
from authkit.models import Mail, Outcome, Status

from .registration import notify_administrators


def request_mail(purpose: str, address: str, *, event: str) -> Any:
    """Queue a mail for whoever has *address*; the user, or None. The same work for both."""
    user = get_user_model()._default_manager.get_by_email(address)
    with transaction.atomic():
        # The row is written for a stranger's address too, and dropped when it is to be sent.
        Mail.objects.queue(purpose, user.email if user else address, user)
        outcome = Outcome.SUCCESS if user else Outcome.FAILURE
        audit.record(event, user=user, outcome=outcome)
    return user


def reset_password(claim: Claim, password: str) -> Any:
    """The user with the new password, or None: the link is dead."""
    user = claim.user
    if user is None:
        return None
    unverified = user.status == Status.UNVERIFIED
    approval = get_conf().REGISTRATION_APPROVAL
    manager = get_user_model()._default_manager
    try:
        with transaction.atomic(), audit.naming("password_reset"):
            manager.reset_password(user, password, approval=approval, version=claim.version)
            if unverified and user.status == Status.PENDING:
                notify_administrators(user)
    except (StaleUserError, StatusError):
        return None
    return user
