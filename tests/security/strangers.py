"""What somebody who has no account can ask, and whom about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD

WRONG = "certainly not the password"
KINDS = ("active", "unverified", "pending", "disabled", "blocked", "unusable")
GHOST = "ghost@example.com"


def typed(user: Any, field: str) -> str:
    if user is None:
        return GHOST if field == "email" else "ghost"
    return str(getattr(user, field))


def login(name: str, password: str, **environ: Any) -> Any:
    data = {"login": name, "password": password}
    return Client(**environ).post(reverse("account_login"), data)


def ask(page: str, address: str, **environ: Any) -> Any:
    return Client(**environ).post(reverse(page), {"email": address})


FLOWS = ["account_reset_password", "account_username_retrieval", "account_email_verification_sent"]


def register(address: str, username: str, **environ: Any) -> Any:
    names = {"first_name": "Ada", "last_name": "L"}
    passwords = {"password": PASSWORD, "password2": PASSWORD}
    data = {"email": address, "username": username, **names, **passwords}
    return Client(**environ).post(reverse("account_signup"), data)


def tries(action: Callable[[], Any]) -> int:
    """How often *action* is answered before it is throttled."""
    for number in range(40):
        response = action()
        if response.status_code == 429 or b"Too many attempts" in response.content:
            return number
    return 40
