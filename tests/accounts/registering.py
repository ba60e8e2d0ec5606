"""What the tests of the registration have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.conftest import PASSWORD, Mailbox

ADDRESS = "ada@example.com"
NEW = "an entirely different passphrase"
CHOSEN = {"new_password": NEW, "new_password2": NEW}
WEEK = timedelta(days=7)


def form(**fields: str) -> dict[str, str]:
    """What somebody types to register."""
    names = {"email": ADDRESS, "username": "ada", "first_name": "Ada", "last_name": "L"}
    return {**names, "password": PASSWORD, "password2": PASSWORD, **fields}


def register(client: Client | None = None, **fields: str) -> Any:
    """The answer to a registration."""
    return (client or Client()).post(reverse("account_signup"), form(**fields))


def person() -> Any:
    """The only account."""
    return get_user_model().objects.get()


def log_in(name: str = ADDRESS, password: str = PASSWORD) -> bool:
    """Whether the page lets somebody in."""
    client = Client()
    client.post(reverse("account_login"), {"login": name, "password": password})
    return "_auth_user_id" in client.session


def is_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def receivers(mailbox: Mailbox) -> list[str]:
    """Who has been written to since the last time this was asked."""
    sent = [message.to[0] for message in mailbox]
    mailbox.clear()
    return sorted(sent)


def resend(address: str = ADDRESS) -> Any:
    """The answer to the wish for another mail."""
    return Client().post(reverse("account_email_verification_sent"), {"email": address})


def age(by: timedelta) -> None:
    """Let every account have been made earlier."""
    joined = timezone.now() - by
    get_user_model()._base_manager.update(date_joined=joined)
