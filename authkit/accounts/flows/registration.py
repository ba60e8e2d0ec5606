"""Registering, verifying the address, and what becomes of those who never do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from authkit import audit
from authkit.accounts.messages import text
from authkit.accounts.tokens import Claim
from authkit.conf import get_conf
from authkit.exceptions import StaleUserError, StatusError
from authkit.models import Mail, Status

MOST_TOLD = 50  # superusers who are mailed that somebody waits for approval


def register(account: dict[str, Any], password: str) -> Any:
    """The new user, or None where the address belongs to somebody already.

    An account that was never verified is taken over by whoever registers its address again: the
    older link dies, and the newer one decides who owns the mailbox.
    Raises ValidationError: the user name, or (where the answer cannot be kept back) the address is
    taken.
    """
    for tries_left in (2, 1, 0):
        try:
            with transaction.atomic(), audit.naming("registration"):
                return _register(account, password)
        except IntegrityError:
            # Somebody was faster with the address or the user name: next time the row is there.
            if not tries_left:
                raise
    return None


def _register(account: dict[str, Any], password: str) -> Any:
    users = get_user_model()._default_manager
    holder = users.get_by_email(account["email"])
    if holder is not None and holder.status == Status.UNVERIFIED:
        # Locked, so that the second of two who take it over at once finds the work of the first.
        holder = users.select_for_update().filter(pk=holder.pk).first()
    owned = holder is not None and holder.status != Status.UNVERIFIED
    # First, or the answer to a taken user name would tell whether the address is taken too.
    _check_username(account.get("username"), None if owned else holder)
    if owned:
        return _refuse_registration(holder, password)
    if holder is None:
        user = users.create_user(password=password, status=first_status(), **account)
    else:
        user = _take_over(holder, account, password)
    if user.status == Status.UNVERIFIED:
        Mail.objects.queue("email_verification", user.email, user)
    elif user.status == Status.PENDING:
        notify_administrators(user)
    return user


def first_status() -> Status:
    """The status that a registration begins with."""
    conf = get_conf()
    if conf.REGISTRATION_VERIFICATION:
        return Status.UNVERIFIED
    return Status.PENDING if conf.REGISTRATION_APPROVAL else Status.ACTIVE


def _check_username(name: str | None, holder: Any) -> None:
    if not name:
        return
    users = get_user_model()._default_manager
    taken = users.get_by_username(name)
    if taken is None or (holder is not None and taken.pk == holder.pk):
        return
    # Locked, lest it be verified in between.
    taken = users.select_for_update().filter(pk=taken.pk).first()
    if taken is None or is_expired(taken):
        if taken is not None:
            taken.delete()
        return
    raise ValidationError({"username": ValidationError(text("username_taken"), "username_taken")})


def is_expired(user: Any) -> bool:
    """Whether *user* never verified the address in the time that there was for it."""
    age = timezone.now() - user.date_joined
    unverified: bool = user.status == Status.UNVERIFIED
    return unverified and age.total_seconds() > get_conf().UNVERIFIED_EXPIRATION


def delete_expired() -> int:
    """How many accounts that were never verified have been deleted."""
    limit = timezone.now() - timedelta(seconds=get_conf().UNVERIFIED_EXPIRATION)
    users = get_user_model()._default_manager
    rows = users.filter(status=Status.UNVERIFIED, date_joined__lt=limit)
    with transaction.atomic():
        # Locked, lest one be verified in between.
        _rows, per_model = rows.select_for_update().delete()
    return int(per_model.get(users.model._meta.label, 0))


def _take_over(holder: Any, account: dict[str, Any], password: str) -> Any:
    for name, value in account.items():
        setattr(holder, name, value)
    holder.date_joined = timezone.now()
    holder.set_password(password)
    holder.save()
    return holder


def _refuse_registration(holder: Any, password: str) -> None:
    conf = get_conf()
    make_password(password)  # the same work as for a new account
    if conf.REGISTRATION_VERIFICATION or conf.REGISTRATION_APPROVAL:
        Mail.objects.queue_for_another("registration_exists", holder)
        audit.refuse("registration", user=holder, reason="registration_taken")
        return
    # Without a mail in between there is no way to keep back that the address is taken.
    error = ValidationError(text("registration_taken"), "registration_taken")
    raise ValidationError({"email": error})


def notify_administrators(person: Any) -> None:
    """Tell active superusers, the first MOST_TOLD of them, that *person* waits for approval."""
    users = get_user_model()._default_manager
    told = users.filter(is_superuser=True, status=Status.ACTIVE).exclude(email=None)
    for admin in told.order_by("pk")[:MOST_TOLD]:
        Mail.objects.queue_for_another("registration_notice", admin, person=str(person.pk))


def verify_email(claim: Claim, password: str | None = None) -> Any:
    """The user whose address is now verified, or None: the link is dead.

    password: a new one, wanted from whoever opens the link in another browser than the one that
    registered: that may be somebody else, who squatted the address.
    """
    user = claim.user
    approval = get_conf().REGISTRATION_APPROVAL
    if user is None or user.status != Status.UNVERIFIED:
        return None
    manager = get_user_model()._default_manager
    try:
        with transaction.atomic(), audit.naming("email_verification"):
            if password is None:
                manager.verify(user, approval=approval, version=claim.version)
            else:
                manager.reset_password(user, password, approval=approval, version=claim.version)
            if user.status == Status.PENDING:
                notify_administrators(user)
    except (StaleUserError, StatusError):
        return None
    return user
