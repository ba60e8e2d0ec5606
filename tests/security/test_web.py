"""WB: forged posts, markup, and pages for whoever is logged in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests.conftest import PASSWORD, Mailbox

from .dumps import tables
from .links import NEW_ADDRESS, log_in
from .pages import FORMS, LINKS, NAMES, OUTSIDE, path

# WB01


def test_wb01_every_page_with_a_form_is_attacked() -> None:
    silent = {name for name in NAMES if name.endswith("_done") or name == "account_inactive"}
    assert set(FORMS) == set(NAMES) - silent


@pytest.mark.parametrize("token", ["none", "foreign"])
@pytest.mark.parametrize("name", FORMS)
def test_wb01_a_post_without_the_token_is_refused(ready: Any, name: str, token: str) -> None:
    client, page = ready(name, enforce_csrf_checks=True)
    data = dict(FORMS[name])
    if token == "foreign":
        client.get(page)
        stranger = Client()
        stranger.get(reverse("account_login"))
        data["csrfmiddlewaretoken"] = stranger.cookies["csrftoken"].value
    before = tables(without=("django_session",))
    assert client.post(page, data).status_code == 403
    assert tables(without=("django_session",)) == before


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/octet-stream"])
@pytest.mark.parametrize("name", FORMS)
def test_wb01_json_in_disguise_is_refused(ready: Any, name: str, kind: str) -> None:
    client, page = ready(name, enforce_csrf_checks=True)
    before = tables(without=("django_session",))
    response = client.post(page, json.dumps(FORMS[name]), content_type=kind)
    assert response.status_code == 403
    assert tables(without=("django_session",)) == before


@pytest.mark.parametrize("name", FORMS)
def test_wb01_a_post_from_another_origin_is_refused(ready: Any, name: str) -> None:
    client, page = ready(name, enforce_csrf_checks=True)
    client.get(page)
    assert "csrftoken" in client.cookies or name == "account_logout"
    client.get(reverse("account_login"))
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "x" * 64
    data = {**FORMS[name], "csrfmiddlewaretoken": token}
    before = tables(without=("django_session",))
    response = client.post(page, data, HTTP_ORIGIN="https://evil.example")
    assert response.status_code == 403
    assert tables(without=("django_session",)) == before


@pytest.mark.parametrize("name", FORMS)
def test_wb01_the_token_of_the_page_is_taken(ready: Any, name: str) -> None:
    client, page = ready(name, enforce_csrf_checks=True)
    body = client.get(page).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body)
    assert token is not None
    response = client.post(page, {**FORMS[name], "csrfmiddlewaretoken": token[1]})
    assert response.status_code == 302


# WB05

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}{% now %}"


def test_wb05_markup_in_a_name_is_text_on_every_page(
    make_user: Callable[..., Any], client_for: Callable[[Any], Client]
) -> None:
    user = make_user(first_name=MARKUP, last_name=MARKUP)
    client = client_for(user)
    assert escape(MARKUP) in client.get(reverse("account_profile")).content.decode()
    for name in NAMES:
        for response in (client.get(path(name)), client.post(path(name), {"first_name": MARKUP})):
            body = response.content.decode()
            assert "<script>alert" not in body, name
            assert "<img src=x" not in body, name
        client.force_login(user)


def test_wb05_markup_in_a_browsers_name_is_text(user: Any) -> None:
    client = Client(HTTP_USER_AGENT=MARKUP)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert "<script>alert" not in client.get(reverse("account_sessions")).content.decode()


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_wb05_markup_in_what_is_typed_is_text(db: Any, name: str) -> None:
    data = dict.fromkeys([*FORMS[name], "next"], MARKUP)
    for response in (
        Client().post(path(name), data),
        Client().get(path(name), data),
        Client().get(path(name) + MARKUP),
    ):
        assert "<script>alert" not in response.content.decode()
        assert "<img src=x" not in response.content.decode()


def test_wb05_markup_in_a_name_is_text_in_mails(
    make_user: Callable[..., Any], mailbox: Mailbox
) -> None:
    user = make_user(first_name=MARKUP)
    log_in(user).post(reverse("account_email"), FORMS["account_email"])
    Client().post(reverse("account_reset_password"), {"email": user.email})
    assert len(mailbox) == 3
    for message in mailbox:
        page = message.alternatives[0][0]
        assert "<script" not in page
        assert "<img" not in page
        assert "49" not in message.subject
    assert any(escape(MARKUP) in message.alternatives[0][0] for message in mailbox)


SPAM = "Win at http://evil.example"


def test_wb05_a_name_is_not_relayed_to_an_address_that_nobody_proved(
    db: Any, mailbox: Mailbox
) -> None:
    data = {**FORMS["account_signup"], "first_name": SPAM, "last_name": SPAM}
    Client().post(reverse("account_signup"), data)
    Client().post(reverse("account_reset_password"), {"email": NEW_ADDRESS})
    assert [message.to for message in mailbox] == [[NEW_ADDRESS]] * 2
    for message in mailbox:
        for text in (message.subject, message.body, message.alternatives[0][0]):
            assert "evil" not in text


def test_wb05_a_name_is_not_relayed_to_a_new_address(
    make_user: Callable[..., Any], mailbox: Mailbox
) -> None:
    log_in(make_user(first_name=SPAM)).post(reverse("account_email"), FORMS["account_email"])
    (message,) = (message for message in mailbox if message.to == [NEW_ADDRESS])
    for text in (message.subject, message.body, message.alternatives[0][0]):
        assert "evil" not in text


# WB07


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize(
    "name",
    sorted(set(NAMES) - OUTSIDE - set(LINKS) - {"account_logout", "account_inactive"}),
)
def test_wb07_a_private_page_sends_strangers_to_the_login(db: Any, name: str, method: str) -> None:
    if name.endswith("_done"):
        assert getattr(Client(), method)(path(name)).status_code in {200, 405}
        return
    response = getattr(Client(), method)(path(name))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={path(name)}"
