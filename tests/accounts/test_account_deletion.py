"""Leaving: with the password and a word that it is meant, at once and for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.models import get_event_model, get_membership_model
from tests.conftest import PASSWORD, Mailbox

ClientFor = Callable[[Any], Client]


def leave(client: Client, password: str = PASSWORD, confirm: str = "on") -> Any:
    return client.post(reverse("account_deletion"), {"password": password, "confirm": confirm})


def is_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def test_who_leaves_is_gone_with_everything_but_the_trail(
    user: Any, client_for: ClientFor, make_group: Callable[..., Any], mailbox: Mailbox
) -> None:
    make_group("editors", user)
    client, other = client_for(user), client_for(user)
    key, address = user.pk, user.email

    response = leave(client)

    assert (response.status_code, response.url) == (302, reverse("account_login"))
    said = [str(message) for message in client.get(response.url).context["messages"]]
    assert said == ["Your account has been deleted."]
    for model in (get_user_model(), EmailAddress, UserSession, get_membership_model()):
        assert not model.objects.exists()
    assert get_event_model().objects.filter(user_key=str(key), user=None).exists()
    assert [is_in(client), is_in(other)] == [False, False]
    assert [(message.to, message.subject) for message in mailbox] == [
        ([address], "Your account at accounts.example.com has been deleted")
    ]


@pytest.mark.parametrize(
    ("password", "confirm", "field"),
    [("a wrong passphrase", "on", "password"), ("", "on", "password"), (PASSWORD, "", "confirm")],
)
def test_without_password_or_word_nothing_is_deleted(
    password: str, confirm: str, field: str, user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    client = client_for(user)

    response = leave(client, password, confirm)

    assert (response.status_code, set(response.context["form"].errors)) == (200, {field})
    assert is_in(client)
    assert len(mailbox) == 0


def test_the_last_administrator_stays(
    make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    client = client_for(make_user(is_superuser=True))

    response = leave(client)

    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [
        "The last superuser account cannot be deleted."
    ]
    assert is_in(client)
    assert len(mailbox) == 0


def test_an_administrator_who_is_not_the_last_may_leave(
    make_user: Callable[..., Any], client_for: ClientFor
) -> None:
    stays, goes = make_user(is_superuser=True), make_user(is_superuser=True)

    assert leave(client_for(goes)).status_code == 302
    assert list(get_user_model().objects.all()) == [stays]


def test_whoever_has_no_password_confirms(
    make_user: Callable[..., Any], client_for: ClientFor
) -> None:
    client = client_for(make_user(password=None))

    assert client.post(reverse("account_deletion"), {"confirm": "on"}).status_code == 302
    assert not get_user_model().objects.exists()


def test_whoever_has_no_address_leaves_without_a_mail(
    make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    leave(client_for(make_user(email=None)))

    assert not get_user_model().objects.exists()
    assert len(mailbox) == 0


def test_guessing_the_password_is_slowed_down(user: Any, client_for: ClientFor) -> None:
    client = client_for(user)

    statuses = [leave(client, "a wrong passphrase").status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]


def test_the_address_and_the_name_are_free_again(
    user: Any, client_for: ClientFor, make_user: Callable[..., Any]
) -> None:
    address, name = user.email, user.username
    leave(client_for(user))

    assert make_user(email=address, username=name).pk is not None
