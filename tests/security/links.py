"""Every mailed link, asked for by the pages as a person would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD, Mailbox

NEW_PASSWORD = "an entirely different passphrase"
NEW_ADDRESS = "new@example.com"


class Link(NamedTuple):
    """A mailed link, the account it is for, and what its form wants."""

    purpose: str
    path: str
    user: Any
    data: dict[str, str]

    @property
    def token(self) -> str:
        """The secret part of the path."""
        last = self.path.rstrip("/").rsplit("/", 1)[1]
        return last.partition("-")[2] if self.purpose == "password_reset" else last

    def browser(self, **environ: Any) -> Client:
        """A browser in which the link can be used: a change of address needs a login too."""
        client = Client(**environ)
        if self.purpose == "email_change":
            client.force_login(self.user)
        return client

    def open(self, client: Client) -> str:
        """The path at which the page stands after the link was opened in *client*."""
        response = client.get(self.path)
        assert response.status_code == 302, self
        return str(response.url)

    def use(self, client: Client) -> Any:
        """The answer to the page's form."""
        return client.post(self.open(client), self.data)

    def is_dead(self) -> bool:
        """Whether a fresh browser is told that the link does not hold."""
        return Client().get(self.path).status_code == 404


def log_in(user: Any, password: str = PASSWORD) -> Client:
    """A browser in which *user* has logged in by the page."""
    client = Client()
    response = client.post(reverse("account_login"), {"login": user.email, "password": password})
    assert response.status_code == 302
    assert client.session.get("_auth_user_id") == str(user.pk)
    return client


def _verification(make_user: Callable[..., Any], mailbox: Mailbox) -> Link:
    user = make_user(status="unverified")
    Client().post(reverse("account_email_verification_sent"), {"email": user.email})
    data = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    return Link("email_verification", mailbox.link(), user, data)


def _reset(make_user: Callable[..., Any], mailbox: Mailbox) -> Link:
    user = make_user()
    Client().post(reverse("account_reset_password"), {"email": user.email})
    data = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    return Link("password_reset", mailbox.link(), user, data)


def _change(make_user: Callable[..., Any], mailbox: Mailbox) -> Link:
    user = make_user()
    ask_for_change(user)
    sent = next(number for number, mail in enumerate(mailbox) if mail.to == [NEW_ADDRESS])
    return Link("email_change", mailbox.link(sent), user, {})


def _cancel(make_user: Callable[..., Any], mailbox: Mailbox) -> Link:
    user = make_user()
    ask_for_change(user)
    sent = next(number for number, mail in enumerate(mailbox) if mail.to == [user.email])
    return Link("email_change_cancel", mailbox.link(sent), user, {})


def ask_for_change(user: Any, address: str = NEW_ADDRESS) -> None:
    """Ask by the page for another address."""
    data = {"email": address, "password": PASSWORD}
    response = log_in(user).post(reverse("account_email"), data)
    assert response.status_code == 302


ISSUERS = {
    "email_verification": _verification,
    "password_reset": _reset,
    "email_change": _change,
    "email_change_cancel": _cancel,
}


def fresh(user: Any) -> Any:
    """*user* as the database has it now."""
    return get_user_model().objects.get(pk=user.pk)


def state(user: Any) -> tuple[Any, ...]:
    """What a link could change."""
    row = fresh(user)
    return row.status, row.password, row.email, row.version


def dead(response: Any) -> bool:
    return bool(response.status_code == 404 and response.context["state"] == "invalid")
