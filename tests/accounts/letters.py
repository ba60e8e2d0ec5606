"""A mail of each purpose, queued for a person to whom it applies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authkit.accounts.addresses import set_pending_address
from authkit.models import Mail, Status

BASE = "https://accounts.example.com"
ADDRESS = "ada@example.com"
NEW = "new@example.com"

MakeUser = Callable[..., Any]


def purposes(make_user: MakeUser, **fields: Any) -> dict[str, Mail]:
    """A mail of each purpose that holds, to a person with *fields*."""

    def person(status: str = Status.ACTIVE, **more: Any) -> Any:
        return make_user(status=status, **{"first_name": "Ada", **fields, **more})

    def wish() -> Any:
        user = person()
        set_pending_address(user, NEW)
        return user

    def queue(purpose: str, user: Any, address: str | None = None, **data: Any) -> Mail:
        return Mail.objects.queue(purpose, address or user.email, user, **data)

    pending, wisher = person(Status.PENDING), wish()
    return {
        "email_verification": queue("email_verification", person(Status.UNVERIFIED)),
        "registration_exists": queue("registration_exists", person()),
        "registration_notice": queue("registration_notice", person(), person=str(pending.pk)),
        "registration_approved": queue("registration_approved", person()),
        "password_reset": queue("password_reset", person()),
        "password_changed": queue("password_changed", person()),
        "email_change": queue("email_change", wisher, NEW, version=wisher.version),
        "email_change_notice": queue("email_change_notice", wish()),
        "email_change_taken": queue("email_change_taken", person()),
        "email_changed": queue("email_changed", person(), "old@example.com"),
        "username_retrieval": queue("username_retrieval", person()),
        "account_deleted": Mail.objects.queue("account_deleted", ADDRESS),
    }
