"""Every route × everybody × every method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authkit.accounts.routes import ROUTES
from authkit.models import Status

METHODS = ("get", "head", "post", "options", "put", "patch", "delete", "trace")
# Name: the answers to GET, HEAD, an empty POST and OPTIONS, from a stranger and from a user.
# What is not listed is 405 for everybody, unless the page sends them elsewhere before.
TABLE = {
    "account_login":                        ("200 200 200 200", "302 302 302 302"),
    "account_logout":                       ("302 302 302 200", "200 200 302 200"),
    "account_signup":                       ("200 200 200 200", "302 302 302 302"),
    "account_profile":                      ("302 302 302 302", "200 200 302 200"),
    "account_email_verification_sent":      ("200 200 200 200", "200 200 200 200"),
    "account_confirm_email":                ("404 404 404 200", "404 404 404 200"),
    "account_reset_password":               ("200 200 200 200", "200 200 200 200"),
    "account_reset_password_done":          ("200 200 405 200", "200 200 405 200"),
    "account_reset_password_from_key":      ("404 404 404 200", "404 404 404 200"),
    "account_reset_password_from_key_done": ("200 200 405 200", "200 200 405 200"),
    "account_change_password":              ("302 302 302 302", "200 200 200 200"),
    "account_set_password":                 ("302 302 302 302", "200 200 200 200"),
    "account_email":                        ("302 302 302 302", "200 200 200 200"),
    "account_email_change_confirm":         ("404 404 404 200", "404 404 404 200"),
    "account_email_change_cancel":          ("404 404 404 200", "404 404 404 200"),
    "account_username_retrieval":           ("200 200 200 200", "200 200 200 200"),
    "account_username_retrieval_done":      ("200 200 405 200", "200 200 405 200"),
    "account_reauthenticate":               ("302 302 302 302", "200 200 200 200"),
    "account_sessions":                     ("302 302 302 302", "200 200 404 200"),
    "usersessions_list":                    ("302 302 302 302", "200 200 404 200"),
    "account_deletion":                     ("302 302 302 302", "200 200 200 200"),
    "account_inactive":                     ("200 200 405 200", "200 200 405 200"),
}  # fmt: skip
ARGUMENTS = {
    "account_confirm_email": ["1:dead:link"],
    "account_reset_password_from_key": ["1", "1:dead:link"],
    "account_email_change_confirm": ["1:dead:link"],
    "account_email_change_cancel": ["1:dead:link"],
}
# A session that the account's status ended is a stranger's.
STRANGERS = ["anonymous", "unverified", "pending", "disabled", "blocked"]
KEYS = {name: route.key for route in ROUTES for page in route.pages for name in page.names}


def path(name: str) -> str:
    return reverse(name, args=ARGUMENTS.get(name, []))


def expected(name: str, who: str) -> dict[str, int]:
    codes = [int(code) for code in TABLE[name][who == "active"].split()]
    # Who is sent elsewhere is sent there whatever the method is.
    other = 302 if codes[3] == 302 else 405
    return dict(zip(METHODS, [*codes, other, other, other, other], strict=True))


@pytest.fixture
def client_of(make_user: Callable[..., Any]) -> Callable[[str], Client]:
    """A function that gives the client of somebody whose account is now in a status."""

    def make(who: str) -> Client:
        client = Client()
        if who == "anonymous":
            return client
        user = make_user()
        client.force_login(user)
        type(user)._base_manager.filter(pk=user.pk).update(
            status=who,
            is_active=who == Status.ACTIVE,
            blocked_from=Status.ACTIVE if who == Status.BLOCKED else "",
        )
        return client

    return make


def test_the_table_has_every_page() -> None:
    assert set(TABLE) == set(KEYS)


@pytest.mark.parametrize("who", ["active", *STRANGERS])
@pytest.mark.parametrize("name", TABLE)
def test_what_a_page_answers(client_of: Callable[[str], Client], name: str, who: str) -> None:
    answers = {}
    for method in METHODS:
        answers[method] = getattr(client_of(who), method)(path(name)).status_code
    assert answers == expected(name, who)


@pytest.mark.parametrize("name", [name for name in TABLE if TABLE[name][0] == "302 302 302 302"])
def test_a_private_page_sends_to_the_login_and_back(db: Any, name: str) -> None:
    assert Client().get(path(name)).url == f"{reverse('account_login')}?next={path(name)}"


@pytest.mark.parametrize("who", ["anonymous", "active"])
@pytest.mark.parametrize("name", TABLE)
def test_what_a_page_of_a_disabled_route_answers(
    client_of: Callable[[str], Client], settings: Any, name: str, who: str
) -> None:
    client = client_of(who)
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": [KEYS[name]]}
    fixed = next(route.fixed for route in ROUTES if route.key == KEYS[name])
    for method in METHODS:
        response = getattr(client, method)(path(name))
        assert (response.status_code == 404) == (not fixed or expected(name, who)[method] == 404)


@pytest.mark.parametrize("name", TABLE)
def test_every_page_renders_with_every_other_route_disabled(
    client_of: Callable[[str], Client], settings: Any, name: str
) -> None:
    others = {route.key for route in ROUTES} - {KEYS[name]}
    clients = [client_of("anonymous"), client_of("active")]
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": sorted(others)}
    for who, client in zip(("anonymous", "active"), clients, strict=True):
        assert client.get(path(name)).status_code == expected(name, who)["get"]


@pytest.mark.parametrize("who", ["anonymous", "active"])
@pytest.mark.parametrize("name", TABLE)
def test_one_template_renders_every_page(
    client_of: Callable[[str], Client], settings: Any, name: str, who: str
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "SINGLE_TEMPLATE": True}
    response = client_of(who).get(path(name))
    assert response.status_code == expected(name, who)["get"]
    if response.status_code != 302:
        assert "authkit/auth.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("name", TABLE)
def test_head_answers_as_get_does(client_of: Callable[[str], Client], name: str) -> None:
    client = client_of("anonymous")
    answers = [getattr(client, method)(path(name)) for method in ("get", "head")]
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")
    assert answers[1].content == b""
