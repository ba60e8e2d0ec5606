"""TK: a mail goes to the one address that it was meant for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from authkit.models import Mail
from tests.conftest import PASSWORD, Mailbox

from .dumps import EVENT, SESSION, tables
from .links import (
    ISSUERS,
    NEW_ADDRESS,
    NEW_PASSWORD,
    Link,
    dead,
    fresh,
    log_in,
)

PURPOSES = list(ISSUERS)
Issue = Callable[[str], Link]


# TK11

LOOKALIKES = ["mıke@example.com", "MİKE@example.com", "miKe@exampLE.com", "mike@examp1e.com"]
SAME = ["MIKE@EXAMPLE.COM", " mike@example.com ", "ｍｉｋｅ@example.com", "mike@ｅxample.com"]


@pytest.mark.parametrize("page", ["account_reset_password", "account_username_retrieval"])
@pytest.mark.parametrize("spelling", [*LOOKALIKES, *SAME])
def test_tk11_a_mail_goes_to_the_stored_address_or_to_nobody(
    make_user: Callable[..., Any], mailbox: Mailbox, spelling: str, page: str
) -> None:
    make_user(email="mike@example.com", username="mike")
    response = Client().post(reverse(page), {"email": spelling})
    assert response.status_code in {200, 302}
    sent = [message.to for message in mailbox]
    assert sent in ([], [["mike@example.com"]])
    if response.status_code == 302:
        assert bool(sent) == (spelling in SAME or spelling == LOOKALIKES[2])
    else:
        assert sent == []


@pytest.mark.parametrize("spelling", [*LOOKALIKES[:2], LOOKALIKES[3]])
def test_tk11_a_lookalike_cannot_take_an_address_over(
    make_user: Callable[..., Any], mailbox: Mailbox, spelling: str
) -> None:
    mike = make_user(email="mike@example.com", username="mike", status="unverified")
    passwords = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    data = {"email": spelling, "username": "mallory", **passwords}
    Client().post(reverse("account_signup"), data)
    assert fresh(mike).check_password(PASSWORD)
    assert all(message.to != ["mike@example.com"] for message in mailbox)


# TK12

INJECTIONS = [
    "a@evil.example,mike@example.com",
    "mike@example.com,a@evil.example",
    "a@evil.example;mike@example.com",
    '["a@evil.example", "mike@example.com"]',
    "mike@example.com\r\nBcc: a@evil.example",
    "mike@example.com\nBcc: a@evil.example",
    "mike@example.com%0d%0aBcc: a@evil.example",
    "mike@example.com\x00@evil.example",
    "mike@example.com\u2028Bcc: a@evil.example",
    "<mike@example.com> a@evil.example",
    "mike@example.com a@evil.example",
    "Mike <mike@example.com>",
    "mike@example.com@evil.example",
    "mike",
    "@example.com",
    f"{'a' * 400}@example.com",
]
TAKERS = ["account_reset_password", "account_username_retrieval", "account_email_verification_sent"]


@pytest.mark.parametrize("page", TAKERS)
@pytest.mark.parametrize("address", INJECTIONS, ids=range(len(INJECTIONS)))
def test_tk12_what_is_not_one_address_is_refused(
    make_user: Callable[..., Any], mailbox: Mailbox, page: str, address: str
) -> None:
    make_user(email="mike@example.com")
    response = Client().post(reverse(page), {"email": address})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Mail.objects.exists()
    assert len(mailbox) == 0


@pytest.mark.parametrize("page", TAKERS[:2])
@pytest.mark.parametrize(
    "address", ["mike@example.com\n", "\r\nmike@example.com", "mike@example.com\t"]
)
def test_tk12_white_space_around_an_address_goes_nowhere(
    make_user: Callable[..., Any], mailbox: Mailbox, page: str, address: str
) -> None:
    make_user(email="mike@example.com")
    Client().post(reverse(page), {"email": address})
    assert [message.to for message in mailbox] == [["mike@example.com"]]


@pytest.mark.parametrize("page", TAKERS)
def test_tk12_of_several_addresses_one_counts(
    make_user: Callable[..., Any], mailbox: Mailbox, page: str
) -> None:
    status = "unverified" if page == TAKERS[2] else "active"
    make_user(email="mike@example.com", status=status)
    Client().post(reverse(page), {"email": ["a@evil.example", "mike@example.com"]})
    assert [message.to for message in mailbox] == [["mike@example.com"]]
    mailbox.clear()
    Client().post(reverse(page), {"email": ["mike@example.com", "a@evil.example"]})
    assert len(mailbox) == 0


# TK14


@pytest.mark.parametrize("password", ["", "certainly not the password"])
def test_tk14_a_change_of_address_takes_the_password(
    user: Any, mailbox: Mailbox, password: str
) -> None:
    client = log_in(user)
    before = tables(without=SESSION + EVENT)
    response = client.post(reverse("account_email"), {"email": NEW_ADDRESS, "password": password})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert tables(without=SESSION + EVENT) == before
    assert len(mailbox) == 0


def test_tk14_the_old_address_stays_until_the_new_one_is_proved(issue: Issue) -> None:
    link = issue("email_change")
    assert fresh(link.user).email == link.user.email
    log_in(link.user)
    data = {"login": NEW_ADDRESS, "password": PASSWORD}
    assert Client().post(reverse("account_login"), data).status_code == 200
    link.use(link.browser())
    assert fresh(link.user).email == NEW_ADDRESS
    assert mail.outbox[-1].to != [NEW_ADDRESS]
    data = {"login": link.user.email, "password": PASSWORD}
    assert Client().post(reverse("account_login"), data).status_code == 200


def test_tk14_the_old_address_is_told_twice_and_may_stop_it(issue: Issue, mailbox: Mailbox) -> None:
    link = issue("email_change")
    told = [message for message in mailbox if message.to == [link.user.email]]
    assert len(told) == 1
    assert NEW_ADDRESS not in told[0].body
    assert "/auth/email_change/cancel/" in told[0].body
    mailbox.clear()
    link.use(link.browser())
    assert [message.to for message in mailbox] == [[link.user.email]]


def test_tk14_stopping_the_change_ends_the_sessions_of_whoever_asked(issue: Issue) -> None:
    link = issue("email_change_cancel")
    thief = log_in(link.user)
    assert link.use(Client()).status_code == 302
    assert thief.get(reverse("account_profile")).status_code == 302
    assert not link.user.emailaddress_set.filter(primary=False).exists()
    assert fresh(link.user).email == link.user.email


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "blocked"])
def test_tk14_an_address_taken_meanwhile_is_refused(
    issue: Issue, make_user: Callable[..., Any], status: str
) -> None:
    link = issue("email_change")
    client = link.browser()
    path = link.open(client)
    other = make_user(email=NEW_ADDRESS, status="active" if status == "blocked" else status)
    if status == "blocked":
        other.block()
    before = tables(without=SESSION + EVENT)
    assert dead(client.post(path, link.data))
    assert tables(without=SESSION + EVENT) == before
