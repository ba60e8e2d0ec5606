"""WB: forged posts, redirects, framing, caches, markup."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from authkit.accounts import tokens
from authkit.accounts.addresses import set_pending_address
from authkit.accounts.routes import ROUTES
from tests.conftest import PASSWORD, Mailbox

from .answers import goes_to, leads_to
from .dumps import tables
from .links import NEW_ADDRESS, log_in
from .pages import ARGUMENTS, FORMS, LINKS, NAMES, OUTSIDE, PASSWORDS, path

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


# WB02

VECTORS = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "\n//evil.example",
    "\x00//evil.example",
    "\x1f//evil.example",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "https://evil.example",
    "HTTPS://evil.example",
    "https:\\\\evil.example",
    "//testserver@evil.example",
    "https://testserver@evil.example/",
    "https://testserver:80@evil.example/",
    "https://testserver.evil.example/",
    "https://evil.example#@testserver/",
    "https://evil.example?@testserver/",
    "https://evil.example\\@testserver/",
    "https://[::1]@evil.example",
    "https://[evil.example",
    "//evil.example/%2f..",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "JaVaScRiPt://testserver/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "ftp://testserver/",
    "/ok\r\nLocation: https://evil.example",
    "/ok%0d%0aLocation:%20https://evil.example",
    "／／evil.example",
    "/／evil.example",
    "//evil。example",
    "https://testserver:8443/",
    "http://testserver:80/",
    "http://testserver/",
    "http://someone.example/",
    "/" + "a" * 2048,
    "%2f%2fevil.example",
    "/%2fevil.example",
    "/%5cevil.example",
    ".//evil.example",
    "/..//evil.example",
    "?next=//evil.example",
    "#//evil.example",
    "account_logout",
    "no_such_page",
    "",
]
ORIGINS = {
    "http": ({}, ("http", "testserver")),
    "https": ({"secure": True}, ("https", "testserver")),
    "any host": ({"HTTP_HOST": "someone.example"}, ("http", "someone.example")),
}
# What a wish can be added to: whose browser it is, the page, and whether by its form or address.
Door = tuple[str, str, str]
DOORS: list[Door] = [
    ("nobody", "account_login", "post"),
    ("user", "account_login", "get"),
    ("user", "account_logout", "post"),
    ("nobody", "account_logout", "get"),
    ("nobody", "account_signup", "post"),
    ("user", "account_signup", "get"),
    ("user", "account_profile", "post"),
    ("nobody", "account_profile", "get"),
    ("user", "account_change_password", "post"),
    ("user", "account_email", "post"),
    ("user", "account_reauthenticate", "post"),
    ("user", "account_sessions", "post"),
    ("user", "account_deletion", "post"),
    ("nobody", "account_email_verification_sent", "post"),
    ("nobody", "account_reset_password", "post"),
    ("nobody", "account_username_retrieval", "post"),
    ("registered", "account_confirm_email", "post"),
    ("stranger", "account_confirm_email", "post"),
    ("stranger", "account_reset_password_from_key", "post"),
    ("stranger", "account_email_change_confirm", "post"),
    ("user", "account_email_change_confirm", "post"),
    ("stranger", "account_email_change_cancel", "post"),
]


def test_wb02_the_wishes_would_lead_away() -> None:
    page = "https://testserver/auth/login/"
    away = [url for url in VECTORS if leads_to(url, page) != ("https", "testserver")]
    assert len(away) > 30


class Visit:
    """One browser before one page, ready to get through it."""

    def __init__(self, number: int, browser: str, name: str, extra: dict[str, Any]) -> None:
        self.client = Client(**{key: value for key, value in extra.items() if key != "secure"})
        self.secure = {"secure": True} if "secure" in extra else {}
        self.data = dict(FORMS[name])
        self.page = path(name)
        address, username = f"user{number}@example.com", f"user{number}"
        if name == "account_signup" and browser == "nobody":
            self.data |= {"email": address, "username": username}
            return
        waits = name == "account_confirm_email"
        if browser == "registered":
            data = {"email": address, "username": username, **PASSWORDS}
            self.client.post(reverse("account_signup"), data, **self.secure)
            self.user = get_user_model().objects.get()
            self.data = {}
        else:
            status = "unverified" if waits else "active"
            self.user = get_user_model().objects.create_user(
                address, PASSWORD, username=username, status=status
            )
        if "login" in self.data:
            self.data["login"] = address
        if browser == "user":
            self.client.force_login(self.user)
        if name in LINKS:
            self.open(name)

    def open(self, name: str) -> None:
        purpose, address = LINKS[name], self.user.email
        if purpose.startswith("email_change"):
            set_pending_address(self.user, NEW_ADDRESS)
        if purpose == "email_change":
            address = NEW_ADDRESS
        key = [*ARGUMENTS[name][:-1], tokens.make(purpose, self.user, address)]
        assert self.client.get(reverse(name, args=key), **self.secure).status_code == 302

    def answer(self, method: str, vector: str) -> Any:
        cache.clear()
        data = {**self.data, "next": vector} if method == "post" else {"next": vector}
        return getattr(self.client, method)(self.page, data, **self.secure)


@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("door", DOORS, ids="-".join)
def test_wb02_no_wish_leads_off_the_origin(db: Any, settings: Any, door: Door, origin: str) -> None:
    verification = door[1] != "account_signup"
    settings.ALLOWED_HOSTS = ["*"]
    settings.AUTHKIT = {**settings.AUTHKIT, "REGISTRATION_VERIFICATION": verification}
    extra, expected = ORIGINS[origin]
    browser, name, method = door
    for number, vector in enumerate(VECTORS):
        visit = Visit(number, browser, name, extra)
        response = visit.answer(method, vector)
        assert response.status_code == 302, vector
        assert goes_to(response, "://".join(expected) + visit.page) == expected, vector
        get_user_model().objects.all().delete()


@pytest.mark.parametrize("door", DOORS[:8], ids="-".join)
def test_wb02_a_wish_that_is_safe_is_granted(db: Any, settings: Any, door: Door) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "REGISTRATION_VERIFICATION": False}
    browser, name, method = door
    response = Visit(1, browser, name, {}).answer(method, "/shop/?page=2#top")
    expected = "/shop/?page=2#top"
    if door == ("nobody", "account_profile", "get"):
        expected = "/auth/login/?next=/auth/profile/%3Fnext%3D%252Fshop%252F%253Fpage%253D2%2523top"
    assert response.url == expected


def test_wb02_of_two_wishes_the_judged_one_is_followed(user: Any) -> None:
    data = {"login": user.email, "password": PASSWORD}
    wishes = {"next": ["/fine/", "//evil.example"]}
    response = Client().post(reverse("account_login"), {**data, **wishes})
    assert response.url == reverse("account_profile")
    response = Client().post(reverse("account_login"), {**data, "next": wishes["next"][::-1]})
    assert response.url == "/fine/"


SHOWING = sorted(OUTSIDE | {"account_logout", "account_profile", "account_reauthenticate"})


@pytest.mark.parametrize("name", SHOWING)
def test_wb02_a_page_carries_no_wish_on_that_it_would_not_grant(ready: Any, name: str) -> None:
    client, page = ready(name)
    for vector in VECTORS:
        cache.clear()
        for response in (client.get(page, {"next": vector}), client.post(page, {"next": vector})):
            assert response.status_code in {200, 302}, vector
            for url in carried(response):
                assert leads_to(url, f"http://testserver{page}") == ("http", "testserver"), vector
        if name == "account_logout":
            client.force_login(get_user_model().objects.get())


def carried(response: Any) -> list[str]:
    """The wishes in the fields of a page; links hand theirs on to pages that judge again."""
    if response.status_code == 302:
        return []
    fields = re.findall(r'name="next" value="([^"]*)"', response.content.decode())
    return [unescape(field) for field in fields]


# WB03, WB04, TK10: the headers of every page

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def is_guarded(response: Any) -> bool:
    policy = response.headers["Content-Security-Policy"]
    cached = response.headers["Cache-Control"]
    return (
        "default-src 'self'" in policy
        and "frame-ancestors 'none'" in policy
        and {name: response.headers[name] for name in HEADERS} == HEADERS
        and "no-store" in cached
        and "private" in cached
    )


@pytest.mark.parametrize("browser", ["nobody", "user"])
@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "delete", "trace"])
@pytest.mark.parametrize("name", NAMES)
def test_wb03_every_answer_is_guarded(user: Any, name: str, method: str, browser: str) -> None:
    client = Client()
    if browser == "user":
        client.force_login(user)
    assert is_guarded(getattr(client, method)(path(name)))


@pytest.mark.parametrize("name", FORMS)
def test_wb03_the_answer_to_a_form_is_guarded(ready: Any, name: str) -> None:
    client, page = ready(name)
    assert is_guarded(client.get(page))
    wrong = client.post(page, dict.fromkeys(FORMS[name], "x"))
    assert is_guarded(wrong)
    assert is_guarded(client.post(page, FORMS[name]))


@pytest.mark.parametrize("name", FORMS)
def test_wb03_a_forged_post_is_answered_with_a_guarded_page(ready: Any, name: str) -> None:
    client, page = ready(name, enforce_csrf_checks=True)
    response = client.post(page, FORMS[name])
    assert response.status_code == 403
    assert is_guarded(response)


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.fixed])
def test_wb03_the_page_of_a_disabled_route_is_guarded(db: Any, settings: Any, route: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": [route.key]}
    for page in route.pages:
        response = Client().get(path(page.names[0]))
        assert response.status_code == 404
        assert is_guarded(response)


LIMITED = [
    *("account_login", "account_signup", "account_reset_password", "account_username_retrieval"),
    *("account_change_password", "account_email", "account_deletion", "account_reauthenticate"),
    *("account_confirm_email", "account_reset_password_from_key"),
]


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("name", LIMITED)
def test_wb03_a_throttled_answer_is_guarded(ready: Any, name: str, opened: bool) -> None:  # noqa: FBT001
    client, page = ready(name)
    if not opened:
        client.cookies.clear()
    wrong = dict.fromkeys(FORMS[name], "x")
    responses = [client.post(page, wrong) for _turn in range(31)]
    if opened or name in OUTSIDE or name in LINKS:
        assert responses[-1].status_code == 429
    assert all(is_guarded(response) for response in responses)
    assert PASSWORD not in responses[-1].content.decode()


# WB04


@pytest.mark.parametrize("name", NAMES)
def test_wb04_a_shared_cache_hands_no_page_to_another(
    make_user: Callable[..., Any], settings: Any, name: str
) -> None:
    settings.MIDDLEWARE = [
        "django.middleware.cache.UpdateCacheMiddleware",
        *settings.MIDDLEWARE,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
    settings.CACHE_MIDDLEWARE_SECONDS = 600
    settings.SESSION_SAVE_EVERY_REQUEST = True
    first, second = (make_user(first_name=word) for word in ("Firstborn", "Secondborn"))
    seen = []
    for user in (first, second, None):
        client = Client()
        if user is not None:
            client.force_login(user)
        seen.append(client.get(path(name)))
        assert "Age" not in seen[-1].headers
    assert not any(key.startswith("views.decorators.cache.cache_page") for key in cached_keys())
    pages = [response.content.decode() for response in seen]
    assert not any(word in pages[1] for word in ("Firstborn", first.email))
    assert not any(word in pages[2] for word in ("Firstborn", "Secondborn", second.email))
    cookies = [response.cookies.get("sessionid") for response in seen]
    values = [cookie.value for cookie in cookies if cookie is not None]
    assert len(values) == len(set(values))


def cached_keys() -> list[str]:
    return [key.split(":", 2)[2] for key in cache._cache]


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
