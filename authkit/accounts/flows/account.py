"""What somebody who is logged in does to their own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db import router, transaction

from authkit import audit
from authkit.exceptions import StaleUserError
from authkit.models import Mail, Status
from authkit.models.superusers import lock_user


def change_profile(user: Any, fields: Iterable[str]) -> None:
    """Save these *fields* of the user."""
    with transaction.atomic(), audit.naming("profile"):
        user.save(update_fields=fields)


def change_password(user: Any, password: str) -> None:
    """Set another password, which ends every session.

    Raises StaleUserError: the account has changed since *user* was read.
    """
    with transaction.atomic(), audit.naming("password_change"):
        get_user_model()._default_manager.set_password(user, password, version=user.version)


def end_session(user: Any, key: int) -> bool:
    """End the session that has this key in the list; False: *user* has no such session."""
    with transaction.atomic():
        session = UserSession.objects.filter(user=user, pk=key).first()
        if session is None:
            return False
        session.end()
        audit.record("sessions", user=user, data={"action": "end_one"})
    return True


def end_other_sessions(user: Any) -> None:
    """End every session; whoever asks for it keeps their own over that.

    Raises StaleUserError: see ``change_password``. A session that has just been ended from
    elsewhere would otherwise be the one that stays.
    """
    with transaction.atomic(), audit.naming("sessions"):
        get_user_model()._default_manager.end_sessions(user, version=user.version)


def delete_account(user: Any) -> None:
    """Delete the account, and write so to its address.

    Raises StaleUserError: see ``change_password``. LastSuperuserError: it is the last one's.
    """
    model = get_user_model()
    address = user.email if user.status == Status.ACTIVE else None
    with transaction.atomic(), audit.naming("account_deletion"):
        row = lock_user(model, user.pk, leaving=True, using=router.db_for_write(model))
        if row is None or row.version != user.version:
            raise StaleUserError("The account has changed since.")
        user.delete()
        if address:
            Mail.objects.queue("account_deleted", address)
