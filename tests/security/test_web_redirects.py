"""WB: no wish for a next page leads off the origin."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from authkit.accounts import tokens
from authkit.accounts.addresses import set_pending_address
from tests.conftest import PASSWORD

from .answers import goes_to, leads_to
from .links import NEW_ADDRESS
from .pages import ARGUMENTS, FORMS, LINKS, OUTSIDE, PASSWORDS, path

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
