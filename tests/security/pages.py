"""The pages: their paths, and what their forms take."""

from __future__ import annotations

from django.urls import reverse

from authkit.accounts.routes import ROUTES
from tests.conftest import PASSWORD

from .links import NEW_ADDRESS, NEW_PASSWORD

NAMES = [name for route in ROUTES for page in route.pages for name in page.names]
ARGUMENTS = {
    "account_confirm_email": ["open"],
    "account_reset_password_from_key": ["1", "open"],
    "account_email_change_confirm": ["open"],
    "account_email_change_cancel": ["open"],
}


def path(name: str) -> str:
    return reverse(name, args=ARGUMENTS.get(name, []))


PASSWORDS = {"password": PASSWORD, "password2": PASSWORD}
NEW = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
# What each page's form takes to do its work.
FORMS: dict[str, dict[str, str]] = {
    "account_login": {"login": "user1@example.com", "password": PASSWORD},
    "account_logout": {},
    "account_signup": {"email": NEW_ADDRESS, "username": "new", **PASSWORDS},
    "account_profile": {"first_name": "Ada", "last_name": "L"},
    "account_email_verification_sent": {"email": "user1@example.com"},
    "account_confirm_email": NEW,
    "account_reset_password": {"email": "user1@example.com"},
    "account_reset_password_from_key": NEW,
    "account_change_password": {"old_password": PASSWORD, **NEW},
    "account_set_password": {"old_password": PASSWORD, **NEW},
    "account_email": {"email": NEW_ADDRESS, "password": PASSWORD},
    "account_email_change_confirm": {},
    "account_email_change_cancel": {},
    "account_username_retrieval": {"email": "user1@example.com"},
    "account_reauthenticate": {"password": PASSWORD},
    "account_sessions": {"session": "others"},
    "usersessions_list": {"session": "others"},
    "account_deletion": {"password": PASSWORD, "confirm": "on"},
}
OUTSIDE = {
    *("account_login", "account_signup", "account_reset_password", "account_username_retrieval"),
    "account_email_verification_sent",
}
LINKS = {
    "account_confirm_email": "email_verification",
    "account_reset_password_from_key": "password_reset",
    "account_email_change_confirm": "email_change",
    "account_email_change_cancel": "email_change_cancel",
}
