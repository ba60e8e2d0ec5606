"""A mailed link that is tried too often is put off, with the form if there is one."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

LIMIT = 20  # attempts a minute from one place
LINKS = {
    "account_confirm_email": ["x:y:z"],
    "account_reset_password_from_key": ["1", "x:y:z"],
}


def exhaust(client: Client) -> None:
    """Try dead links until no more may be tried."""
    for _ in range(LIMIT):
        path = reverse("account_reset_password_from_key", args=["1", "x:y:z"])
        assert client.post(path).status_code == 404


@pytest.mark.parametrize("name", LINKS)
def test_guessing_links_is_slowed_down(name: str, db: Any) -> None:
    client = Client()
    exhaust(client)

    page = client.post(reverse(name, args=LINKS[name]))

    assert (page.status_code, page.context["state"]) == (429, "invalid")
    assert str(page.context["message"]).startswith("Too many attempts.")


@pytest.mark.parametrize("purpose", ["password_reset", "email_verification"])
def test_who_has_opened_a_link_keeps_the_form(
    purpose: str, make_user: Any, mailbox: Mailbox
) -> None:
    status = {"password_reset": Status.ACTIVE, "email_verification": Status.UNVERIFIED}[purpose]
    address = make_user(status=status).email
    client = Client()
    ask = {"password_reset": "account_reset_password"}
    client.post(reverse(ask.get(purpose, "account_email_verification_sent")), {"email": address})
    path = client.get(mailbox.link(), follow=True).redirect_chain[-1][0]
    exhaust(Client())

    page = client.post(path, {"new_password": PASSWORD, "new_password2": PASSWORD})

    assert page.status_code == 429
    assert set(page.context["form"].fields) == {"new_password", "new_password2"}
    assert PASSWORD not in page.content.decode()


def test_in_the_browser_that_registered_it_is_the_button(mailbox: Mailbox) -> None:
    client = Client()
    person = {"email": "ada@example.com", "username": "ada"}
    chosen = {"password": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), person | chosen)
    path = client.get(mailbox.link(), follow=True).redirect_chain[-1][0]
    exhaust(Client())

    page = client.post(path)

    assert (page.status_code, page.context["state"]) == (429, "confirm")
    assert set(page.context["form"].fields) == set()
