"""How many passwords every flow hashes: the same for everybody, and none where none is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse

from authkit.validators import MAX_LENGTH
from tests.conftest import PASSWORD, Mailbox
from tests.security import counting
from tests.security.counting import hashes
from tests.security.links import ISSUERS

WRONG = "certainly not the password"
NEW = "an entirely different passphrase"
CHOSEN = {"new_password": NEW, "new_password2": NEW}
KINDS = ["active", "unverified", "pending", "disabled", "blocked", "unusable", "nobody"]
LONG = "x" * (MAX_LENGTH + 1)


@pytest.fixture(autouse=True)
def _counting(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [counting.PATH]


@pytest.fixture
def name_of(make_user: Callable[..., Any]) -> Callable[[str, str], str]:
    """A function that gives the address or user name of an account of a kind."""

    def make(kind: str, field: str = "email") -> str:
        if kind == "nobody":
            return {"email": "nobody@example.com"}.get(field, "nobody")
        if kind == "unusable":
            return str(getattr(make_user(password=None), field))
        user = make_user(status="active" if kind == "blocked" else kind)
        if kind == "blocked":
            user.block()
        return str(getattr(user, field))

    return make


def post(client: Client, page: str, **data: str) -> Callable[[], Any]:
    return lambda: client.post(reverse(page), data)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["email", "username"])
@pytest.mark.parametrize("password", [PASSWORD, WRONG, ""])
def test_a_login_is_one_hash(name_of: Any, kind: str, field: str, password: str) -> None:
    name = name_of(kind, field)
    login = post(Client(), "account_login", login=name, password=password)
    assert hashes(login) == bool(password)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("password", [PASSWORD, WRONG, LONG])
def test_authenticating_is_one_hash(name_of: Any, kind: str, password: str) -> None:
    name = name_of(kind)
    expected = int(len(password) <= MAX_LENGTH)
    assert hashes(lambda: authenticate(None, username=name, password=password)) == expected


@pytest.mark.parametrize("login", ["a@example.com" + "x" * 400, "x\x00@example.com"])
def test_an_impossible_name_is_never_more_than_one_hash(db: Any, login: str) -> None:
    assert hashes(post(Client(), "account_login", login=login, password=PASSWORD)) == 0
    assert hashes(lambda: authenticate(None, username=login, password=PASSWORD)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_overlong_password_is_not_hashed(name_of: Any, kind: str) -> None:
    login = post(Client(), "account_login", login=name_of(kind), password=LONG)
    assert hashes(login) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_throttled_login_is_not_hashed(name_of: Any, kind: str) -> None:
    login = post(Client(), "account_login", login=name_of(kind), password=WRONG)
    assert [hashes(login) for _turn in range(7)] == [1, 1, 1, 1, 1, 0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_registration_is_one_hash(name_of: Any, kind: str) -> None:
    data = {"email": name_of(kind), "username": "new", "password": NEW, "password2": NEW}
    assert hashes(post(Client(), "account_signup", **data)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"password2": WRONG},
        {"password": "short", "password2": "short"},
        {"password": LONG, "password2": LONG},
        {"email": "nonsense"},
        {"username": "taken"},
    ],
    ids=lambda wrong: "-".join(wrong),
)
@pytest.mark.parametrize("kind", ["active", "nobody"])
def test_a_registration_that_is_refused_is_not_hashed(
    name_of: Any, make_user: Callable[..., Any], kind: str, wrong: dict[str, str]
) -> None:
    make_user(username="taken")
    data = {"email": name_of(kind), "username": "new", "password": NEW, "password2": NEW}
    assert hashes(post(Client(), "account_signup", **{**data, **wrong})) == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "page",
    ["account_reset_password", "account_username_retrieval", "account_email_verification_sent"],
)
def test_asking_for_a_mail_is_no_hash(name_of: Any, mailbox: Mailbox, page: str, kind: str) -> None:
    assert hashes(post(Client(), page, email=name_of(kind))) == 0
    assert hashes(lambda: len(mailbox)) == 0


@pytest.mark.parametrize(
    ("purpose", "count"),
    [
        ("email_verification", 1),  # elsewhere: with a new password
        ("password_reset", 1),
        ("email_change", 0),
        ("email_change_cancel", 0),
    ],
)
def test_using_a_link(
    make_user: Callable[..., Any], mailbox: Mailbox, purpose: str, count: int
) -> None:
    link = ISSUERS[purpose](make_user, mailbox)
    client = Client()
    page = link.open(client)
    assert hashes(lambda: client.get(page)) == 0
    assert hashes(lambda: client.post(page, dict.fromkeys(link.data, "short"))) == 0 or not count
    if count:
        assert hashes(lambda: client.post(page, link.data)) == count
    assert hashes(lambda: client.post(page, link.data)) == 0  # it was used
    assert hashes(lambda: Client().post(link.path, link.data)) == 0


def test_confirming_in_the_browser_that_registered_is_no_hash(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    data = {"email": "new@example.com", "username": "new", "password": NEW, "password2": NEW}
    client.post(reverse("account_signup"), data)
    page = client.get(mailbox.link()).url
    assert hashes(lambda: client.post(page)) == 0
    assert "_auth_user_id" in client.session


PRIVATE = [
    ("account_change_password", {"old_password": PASSWORD, **CHOSEN}, 2),
    ("account_change_password", {"old_password": WRONG, **CHOSEN}, 1),
    ("account_change_password", {"old_password": LONG, **CHOSEN}, 0),
    ("account_change_password", {"old_password": PASSWORD, **CHOSEN, "new_password": "x"}, 1),
    ("account_change_password", CHOSEN, 0),
    ("account_email", {"email": "new@example.com", "password": PASSWORD}, 1),
    ("account_email", {"email": "new@example.com", "password": WRONG}, 1),
    ("account_email", {"email": "new@example.com", "password": LONG}, 0),
    ("account_reauthenticate", {"password": PASSWORD}, 1),
    ("account_reauthenticate", {"password": WRONG}, 1),
    ("account_reauthenticate", {"password": LONG}, 0),
    ("account_deletion", {"password": PASSWORD, "confirm": "on"}, 1),
    ("account_deletion", {"password": WRONG, "confirm": "on"}, 1),
    ("account_deletion", {"password": LONG, "confirm": "on"}, 0),
    ("account_profile", {"first_name": "Ada", "last_name": "L"}, 0),
    ("account_sessions", {"session": "others"}, 0),
    ("account_logout", {}, 0),
]


@pytest.mark.parametrize(("page", "data", "count"), PRIVATE)
def test_a_private_page(
    user: Any, client_for: Callable[[Any], Client], page: str, data: dict[str, str], count: int
) -> None:
    assert hashes(post(client_for(user), page, **data)) == count


@pytest.mark.parametrize(
    "page", ["account_change_password", "account_email", "account_reauthenticate"]
)
def test_a_throttled_page_hashes_nothing(
    user: Any, client_for: Callable[[Any], Client], page: str
) -> None:
    data = {"password": WRONG, "old_password": WRONG, "email": "new@example.com", **CHOSEN}
    action = post(client_for(user), page, **data)
    counts = [hashes(action) for _turn in range(12)]
    assert counts[0] == 1
    assert counts[-1] == 0
