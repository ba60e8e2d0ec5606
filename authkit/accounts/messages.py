"""The texts that a person is shown, each under a key that ``MESSAGES`` may replace."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from authkit.conf import get_conf

DEFAULTS: dict[str, Any] = {
    "account_deleted": _("Your account has been deleted."),
    "approval_pending": _(
        "Your account is waiting for approval. We will write to you as soon as you can log in."
    ),
    "email_change_cancelled": _(
        "The address stays as it was. For your safety you have been logged out everywhere."
    ),
    "email_change_login": _("Log in to confirm the new address of your account."),
    "email_change_sent": _("Open the link that we have sent to the new address to confirm it."),
    "email_changed": _("Your address has been changed."),
    "last_superuser": _("The last superuser account cannot be deleted."),
    "link_invalid": _("This link has expired or was used already."),
    "link_other_account": _("This link belongs to another account. Log out, then open it again."),
    "logged_out": _("You have logged out."),
    "login_blocked": _(
        "Your account has been blocked. Please write to the people who run this site."
    ),
    "login_disabled": _(
        "Your account is switched off. To switch it on again, choose a new password."
    ),
    "login_inactive": _("You cannot log in with this account at the moment."),
    "login_invalid": _("The account or the password is not right."),
    "mail_success": _("If there is an account with this address, a message is on its way to you."),
    "old_password": _("This is not your current password."),
    "password_changed": _("Your password has been changed."),
    "password_mismatch": _("The two passwords are not the same."),
    "profile_updated": _("Your profile has been saved."),
    "registration_success": _("Welcome! Your account is ready."),
    "registration_taken": _("There is an account with this address already."),
    "reset_key_invalid": _("This link has expired or was used already. Please ask for a new one."),
    "session_ended": _("The session has been ended."),
    "sessions_ended": _("You are now logged out everywhere else."),
    "throttled": _("Too many attempts. Wait a few minutes, then try again."),
    "username_taken": _("This user name is taken."),
    "verification_pending": _(
        "We have sent you a link. Open it to confirm that the address is yours."
    ),
    "verification_success": _("Your address has been confirmed."),
}


def text(key: str) -> Any:
    """The text of *key*, as the project has it."""
    return get_conf().MESSAGES.get(key, DEFAULTS[key])


def say(request: HttpRequest, key: str, level: int = messages.SUCCESS) -> None:
    """Show the text of *key* on the next page, unless ``FLASH_MESSAGES`` is off."""
    if get_conf().FLASH_MESSAGES:
        messages.add_message(request, level, text(key), extra_tags="auth", fail_silently=True)
