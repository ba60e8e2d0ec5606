"""TK: a mailed link is stored nowhere, leads where it should, and opening it changes nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authkit.models import Mail
from tests.conftest import PASSWORD, Mailbox

from .dumps import SESSION, stored, tables
from .links import (
    ISSUERS,
    NEW_ADDRESS,
    NEW_PASSWORD,
    Link,
)

PURPOSES = list(ISSUERS)
Issue = Callable[[str], Link]


# TK04


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk04_a_token_is_stored_and_logged_nowhere(
    issue: Issue, purpose: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = issue(purpose)
    assert link.token not in stored()
    client = Client()
    path = link.open(client)
    client.get(path)
    signature = link.token.rsplit(":", 1)[1]
    assert signature not in stored()
    assert link.data == {} or client.post(path, {}).status_code == 200
    client.post(path, link.data)
    Client().get(reverse("account_profile"), {"next": "/"})
    assert signature not in stored()
    assert signature not in caplog.text
    assert PASSWORD not in stored()
    assert NEW_PASSWORD not in stored()


def test_tk04_the_outbox_holds_no_token(user: Any) -> None:
    Client().post(reverse("account_reset_password"), {"email": user.email})
    (row,) = Mail.objects.values()
    assert set(row) == {
        *("id", "purpose", "user_id", "address", "language"),
        *("data", "attempts", "next_try", "created_at"),
    }
    assert row["data"] == {}


# TK08

EVIL = "evil.example"
POISONS: list[dict[str, str]] = [
    {"HTTP_HOST": EVIL},
    {"HTTP_HOST": f"{EVIL}:443"},
    {"HTTP_X_FORWARDED_HOST": EVIL},
    {"HTTP_X_HOST": EVIL},
    {"HTTP_FORWARDED": f"host={EVIL};proto=http"},
    {"HTTP_ORIGIN": f"https://{EVIL}", "HTTP_REFERER": f"https://{EVIL}/"},
    {"SERVER_NAME": EVIL, "SERVER_PORT": "8080"},
    {"HTTP_HOST": EVIL, "HTTP_X_FORWARDED_HOST": EVIL, "HTTP_X_FORWARDED_PROTO": "http"},
]


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: "+".join(poison))
def test_tk08_mailed_links_come_from_the_configuration(
    make_user: Callable[..., Any], settings: Any, mailbox: Mailbox, poison: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.USE_X_FORWARDED_HOST = True
    user, unverified = make_user(), make_user(status="unverified")
    client = Client(**poison)
    passwords = {"password": PASSWORD, "password2": PASSWORD}
    for page, data in (
        ("account_reset_password", {"email": user.email}),
        ("account_username_retrieval", {"email": user.email}),
        ("account_email_verification_sent", {"email": unverified.email}),
        ("account_signup", {"email": "new1@example.com", "username": "new1", **passwords}),
        ("account_signup", {"email": user.email, "username": "new2", **passwords}),
        ("account_login", {"login": user.email, "password": PASSWORD}),
        ("account_email", {"email": NEW_ADDRESS, "password": PASSWORD}),
    ):
        assert client.post(reverse(page), data).status_code == 302, page
    sent = list(mailbox)
    assert len(sent) == 7
    for message in sent:
        for text in (message.body, message.alternatives[0][0]):
            assert "evil" not in text
            hosts = set(re.findall(r"https?://([^/\s\"<]+)", text))
            assert hosts <= {"accounts.example.com"}, message.subject


def test_tk08_two_host_headers_are_refused(user: Any, settings: Any, mailbox: Mailbox) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST=f"accounts.example.com, {EVIL}")
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response.status_code == 400
    assert len(mailbox) == 0


# TK09


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk09_scanners_that_open_a_link_change_nothing(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    before = tables(without=SESSION)
    for method in ("get", "head", "options"):
        for _turn in range(10):
            client = Client()
            response = getattr(client, method)(link.path)
            if response.status_code == 302:
                assert getattr(client, method)(response.url, follow=True).status_code == 200
                assert client.get(response.url, follow=True).status_code == 200
    assert tables(without=SESSION) == before
    assert link.use(link.browser()).status_code == 302
    assert tables(without=SESSION) != before


# TK10


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk10_an_opened_link_leaks_nothing(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    client = Client()
    first = client.get(link.path)
    second = client.get(first.url)
    body = second.content.decode()
    assert link.token not in first.url
    assert link.token not in body
    assert link.token.rsplit(":", 1)[1] not in body
    for response in (first, second):
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in response.headers["Cache-Control"]
        assert link.token not in str(response.headers)
        assert link.token not in str(response.cookies)
    elsewhere = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]*)"', body)
    assert [url for url in elsewhere if not url.startswith("https://accounts.example.com")] == []
