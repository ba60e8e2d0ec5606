"""What a person is told after an action, in the project's words if it has any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from authkit.accounts.messages import DEFAULTS, text
from tests.conftest import PASSWORD


def told(client: Client, name: str) -> list[tuple[str, str]]:
    """The messages on a page, with their tags."""
    return [(str(said), said.tags) for said in client.get(reverse(name)).context["messages"]]


def save_profile(client: Client) -> None:
    client.post(reverse("account_profile"), {"first_name": "Ada", "last_name": "L"})


def test_an_action_is_confirmed_once(user: Any, client_for: Callable[[Any], Client]) -> None:
    client = client_for(user)
    save_profile(client)

    assert told(client, "account_profile") == [("Your profile has been saved.", "auth success")]
    assert told(client, "account_profile") == []


def test_a_project_has_its_own_words(
    user: Any, client_for: Callable[[Any], Client], settings: Any
) -> None:
    words = {"profile_updated": "Gespeichert <3", "login_invalid": "Nope."}
    settings.AUTHKIT = settings.AUTHKIT | {"MESSAGES": words}
    client = client_for(user)
    save_profile(client)

    page = client.get(reverse("account_profile")).content.decode()
    assert "Gespeichert &lt;3" in page
    refused = Client().post(reverse("account_login"), {"login": "x", "password": PASSWORD})
    assert refused.context["form"].non_field_errors() == ["Nope."]


def test_nothing_is_said_where_that_is_off(
    user: Any, client_for: Callable[[Any], Client], settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"FLASH_MESSAGES": False}
    client = client_for(user)
    save_profile(client)

    assert told(client, "account_profile") == []


def test_a_project_without_messages_is_served(
    user: Any, client_for: Callable[[Any], Client], settings: Any
) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Message" not in name]
    client = client_for(user)

    assert client.post(reverse("account_profile"), {"first_name": "Ada"}).status_code == 302


def test_who_logs_out_is_told_and_other_messages_of_the_engine_are_not(
    user: Any, client_for: Callable[[Any], Client]
) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert told(client, "account_profile") == []

    client.post(reverse("account_logout"))
    assert [said for said, _ in told(client, "account_login")] == ["You have logged out."]


@pytest.mark.parametrize("key", DEFAULTS)
def test_every_text_is_a_sentence(key: str) -> None:
    with translation.override("en"):
        assert str(text(key))[-1] in ".!"
