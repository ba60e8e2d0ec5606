"""What the routes do, without pages: each verb one transaction and one event."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from authkit import audit
from authkit.conf import get_conf
from authkit.exceptions import StaleUserError, StatusError
from authkit.models import Mail, Outcome, Status

from .addresses import set_pending_address
from .messages import text
from .tokens import Claim


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
        queue_for_another("registration_exists", holder)
        audit.refuse("registration", user=holder, reason="registration_taken")
        return
    # Without a mail in between there is no way to keep back that the address is taken.
    error = ValidationError(text("registration_taken"), "registration_taken")
    raise ValidationError({"email": error})


def notify_administrators(person: Any) -> None:
    """Tell every active superuser that *person* waits for approval."""
    admins = get_user_model()._default_manager.filter(is_superuser=True, status=Status.ACTIVE)
    for admin in admins.exclude(email=None)[:50]:
        queue_for_another("registration_notice", admin, person=str(person.pk))


def queue_for_another(purpose: str, user: Any, **data: Any) -> None:
    """Queue a mail to *user*, who may not know the language of whoever makes the request."""
    Mail.objects.queue(purpose, user.email, user, language=settings.LANGUAGE_CODE, **data)


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


def request_mail(purpose: str, address: str, *, event: str) -> Any:
    """Queue a mail for whoever has *address*; the user, or None. The same work for both."""
    user = get_user_model()._default_manager.get_by_email(address)
    with transaction.atomic():
        # The row is written for a stranger's address too, and dropped when it is to be sent.
        Mail.objects.queue(purpose, user.email if user else address, user)
        outcome = Outcome.SUCCESS if user else Outcome.FAILURE
        audit.record(event, user=user, outcome=outcome)
    return user


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
            queue_for_another("email_change_taken", holder)
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


def delete_account(user: Any) -> None:
    """Delete the account, and write so to its address."""
    address = user.email if user.status == Status.ACTIVE else None
    with transaction.atomic(), audit.naming("account_deletion"):
        user.delete()
        if address:
            Mail.objects.queue("account_deleted", address)
