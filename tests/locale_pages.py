"""The pages of the accounts in each of their states: how to come to them, and what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox
from tests.security.links import ISSUERS, ask_for_change, log_in

# What no language translates: the people and the site of these tests, and the clock.
NAMES = re.compile(
    r"[\w.+-]+@[\w.-]+|(https?://)?accounts\.example\.com\S*|user\d+|127\.0\.0\.1|Ada"
)


class Words(HTMLParser):
    """Collects what a page says to a person, and the language it claims to speak."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.language: str | None = None
        self._hidden = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in {"script", "style"}
        for name, value in attrs:
            if tag == "html" and name == "lang":
                self.language = value
            if name in {"alt", "aria-label", "data-show", "placeholder", "title"}:
                self._add(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._add(data)

    def _add(self, text: str) -> None:
        text = NAMES.sub("", " ".join(text.split()))
        if any(char.isalpha() for char in text):
            self.texts.add(text.strip())


class Scene:
    """A browser and how it comes to a page."""

    def __init__(self, make_user: Callable[..., Any], mailbox: Mailbox) -> None:
        self.make_user, self.mailbox, self.client = make_user, mailbox, Client()

    def inside(self) -> Any:
        """Log in somebody who has a name."""
        user = self.make_user(first_name="Ada")
        self.client = log_in(user)
        return user

    def page(self, name: str, *args: str) -> str:
        return reverse(name, args=args)

    def inside_page(self, name: str) -> str:
        self.inside()
        return self.page(name)

    def link(self, purpose: str) -> str:
        link = ISSUERS[purpose](self.make_user, self.mailbox)
        self.client = link.browser()
        return link.open(self.client)

    def registered(self) -> str:
        """The page of the link for whoever registered in this browser."""
        data = {"email": "ada@example.com", "username": "ada"}
        passwords = {"password": PASSWORD, "password2": PASSWORD}
        self.client.post(reverse("account_signup"), data | passwords)
        return str(self.client.get(self.mailbox.link()).url)

    def waiting(self) -> str:
        """The page that changes the address, while a new one waits."""
        user = self.inside()
        ask_for_change(user)
        return self.page("account_email")

    def without_password(self) -> str:
        user = self.make_user(password=None)
        self.client.force_login(user)
        return self.page("account_change_password")

    def two_sessions(self) -> str:
        """The list of sessions, with one that is not this one."""
        user = self.inside()
        Client(headers={"user-agent": "Unheard of"}).force_login(user)
        log_in(user).get(reverse("account_sessions"))
        return self.page("account_sessions")

    def refused(self, status: str) -> str:
        """The page that tells why the login was refused."""
        user = self.make_user(status=status)
        data = {"login": user.email, "password": PASSWORD}
        return str(self.client.post(reverse("account_login"), data).url)


# Route and state → how to come there.
PAGES: dict[tuple[str, str], Callable[[Scene], str]] = {
    ("login", ""): lambda scene: scene.page("account_login"),
    ("logout", ""): lambda scene: scene.inside_page("account_logout"),
    ("registration", ""): lambda scene: scene.page("account_signup"),
    ("profile", ""): lambda scene: scene.inside_page("account_profile"),
    ("email_verification", "sent"): lambda scene: scene.page("account_email_verification_sent"),
    ("email_verification", "confirm"): Scene.registered,
    ("email_verification", "choose_password"): lambda scene: scene.link("email_verification"),
    ("email_verification", "invalid"): lambda scene: scene.page("account_confirm_email", "x"),
    ("password_retrieval", ""): lambda scene: scene.page("account_reset_password"),
    ("password_retrieval", "sent"): lambda scene: scene.page("account_reset_password_done"),
    ("password_reset", ""): lambda scene: scene.link("password_reset"),
    ("password_reset", "invalid"): (
        lambda scene: scene.page("account_reset_password_from_key", "1", "x")
    ),
    ("password_reset", "done"): lambda scene: scene.page("account_reset_password_from_key_done"),
    ("password_change", ""): lambda scene: scene.inside_page("account_change_password"),
    ("password_change", "set"): Scene.without_password,
    ("email_change", ""): Scene.waiting,
    ("email_change", "confirm"): lambda scene: scene.link("email_change"),
    ("email_change", "cancel"): lambda scene: scene.link("email_change_cancel"),
    ("email_change", "invalid"): lambda scene: scene.page("account_email_change_confirm", "x"),
    ("username_retrieval", ""): lambda scene: scene.page("account_username_retrieval"),
    ("username_retrieval", "sent"): lambda scene: scene.page("account_username_retrieval_done"),
    ("reauthentication", ""): lambda scene: scene.inside_page("account_reauthenticate"),
    ("sessions", ""): Scene.two_sessions,
    ("account_deletion", ""): lambda scene: scene.inside_page("account_deletion"),
    ("inactive", "pending"): lambda scene: scene.refused(Status.PENDING),
    ("inactive", "disabled"): lambda scene: scene.refused(Status.DISABLED),
    ("inactive", "blocked"): lambda scene: scene.refused(Status.BLOCKED),
    ("inactive", ""): lambda scene: scene.page("account_inactive"),
}
# Posted to a page that shows a form, for the errors.
WRONG = {
    "login": {"login": "user1", "password": "wrong"},
    "registration": {"email": "x", "username": "-", "password": "a", "password2": "b"},
    "password_change": {"old_password": "x", "new_password": "a", "new_password2": "a"},
    "email_change": {"email": "user1@example.com", "password": "x"},
    "account_deletion": {"password": "x"},
}
