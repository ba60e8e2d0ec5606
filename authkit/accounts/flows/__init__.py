"""What the routes do, without pages: each verb one transaction and one event."""

from .account import (
    change_password,
    change_profile,
    delete_account,
    end_other_sessions,
    end_session,
)
from .email_change import cancel_email_change, change_email, request_email_change
from .recovery import request_mail, reset_password
from .registration import (
    delete_expired,
    first_status,
    notify_administrators,
    register,
    verify_email,
)

__all__ = [
    "cancel_email_change",
    "change_email",
    "change_password",
    "change_profile",
    "delete_account",
    "delete_expired",
    "end_other_sessions",
    "end_session",
    "first_status",
    "notify_administrators",
    "register",
    "request_email_change",
    "request_mail",
    "reset_password",
    "verify_email",
]
