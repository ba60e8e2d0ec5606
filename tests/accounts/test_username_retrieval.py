"""A forgotten user name comes by mail, and the page says the same to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authkit.models import Status
from tests.conftest import Mailbox


def ask(address: str) -> Any:
    return Client().post(reverse("account_username_retrieval"), {"email": address})


def test_the_name_is_mailed_to_the_stored_address(user: Any, mailbox: Mailbox) -> None:
    response = ask(f" {user.email.upper()} ")

    assert (response.status_code, response.url) == (302, reverse("account_username_retrieval_done"))
    assert [message.to for message in mailbox] == [[user.email]]
    assert f"\n{user.username}\n" in str(mailbox[0].body)


@pytest.mark.parametrize("status", [Status.UNVERIFIED, Status.BLOCKED])
def test_who_has_no_use_for_it_gets_no_mail(
    status: str, make_user: Callable[..., Any], mailbox: Mailbox
) -> None:
    ask(make_user(status=status).email)

    assert len(mailbox) == 0


@pytest.mark.parametrize("fields", [{"username": None}, {"email": None}])
def test_who_has_no_name_or_no_address_gets_no_mail(
    fields: dict[str, None], make_user: Callable[..., Any], mailbox: Mailbox
) -> None:
    make_user(**fields)
    ask("user1@example.com")

    assert len(mailbox) == 0


def test_the_page_says_the_same_to_everybody(
    make_user: Callable[..., Any], mailbox: Mailbox
) -> None:
    people = [make_user(status=status).email for status in Status]
    answers = {
        (response.status_code, response.url, response.content, tuple(response.cookies))
        for response in (ask(address) for address in [*people, "nobody@example.com"])
    }

    assert len(answers) == 1
    page = Client().get(reverse("account_username_retrieval_done"))
    assert (page.status_code, page.context["state"]) == (200, "sent")


@pytest.mark.parametrize("address", ["", "no address", "a@evil.example,b@example.com", "a@b\n"])
def test_what_is_no_address_is_refused(address: str, mailbox: Mailbox, user: Any) -> None:
    response = ask(address)

    assert (response.status_code, set(response.context["form"].errors)) == (200, {"email"})
    assert len(mailbox) == 0


def test_one_mailbox_is_not_flooded(user: Any, mailbox: Mailbox) -> None:
    statuses = [ask(user.email).status_code for _ in range(6)]

    assert statuses == [302] * 5 + [429]
    assert len(mailbox) == 5
