"""Registering: four forms of it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.models import Status
from tests.conftest import Mailbox

from .registering import ADDRESS, NEW, is_in, log_in, person, receivers, register

# The four forms


# verification, approval: the status after registering, after the link, after the approval
FORMS = [
    ((False, False), [Status.ACTIVE]),
    ((False, True), [Status.PENDING, Status.ACTIVE]),
    ((True, False), [Status.UNVERIFIED, Status.ACTIVE]),
    ((True, True), [Status.UNVERIFIED, Status.PENDING, Status.ACTIVE]),
]


@pytest.mark.parametrize(("wanted", "statuses"), FORMS)
def test_a_registration_goes_through_what_is_configured(
    db: Any, configure: Any, mailbox: Mailbox, wanted: tuple[bool, bool], statuses: list[Status]
) -> None:
    verification, approval = wanted
    configure(verification=verification, approval=approval)
    client = Client()
    register(client)
    seen = [person().status]
    if verification:
        client.post(client.get(mailbox.link()).url)
        seen.append(person().status)
    if approval:
        assert not log_in()
        assert not is_in(client)
        person().approve()
        seen.append(person().status)
    assert seen == statuses
    assert log_in()
    assert is_in(client) == (not approval)


@pytest.mark.parametrize(
    ("wanted", "page", "state"),
    [
        ((False, False), "account_profile", ""),
        ((False, True), "account_inactive", "pending"),
        ((True, False), "account_email_verification_sent", "sent"),
        ((True, True), "account_email_verification_sent", "sent"),
    ],
)
def test_where_a_registration_leads(
    db: Any, configure: Any, wanted: tuple[bool, bool], page: str, state: str
) -> None:
    configure(verification=wanted[0], approval=wanted[1])
    client = Client()
    response = register(client)
    assert response.url == reverse(page)
    assert client.get(response.url).context["state"] == state


@pytest.mark.parametrize("taken", [False, True])
def test_the_page_after_a_registration_knows_what_was_typed_in_this_browser(
    make_user: Callable[..., Any], taken: object
) -> None:
    if taken:
        make_user(email=ADDRESS)
    client = Client()
    register(client, email="ada@EXAMPLE.com")

    def known(browser: Client) -> Any:
        page = browser.get(reverse("account_email_verification_sent"))
        return page.context["form"]["email"].value()

    assert known(client) == ADDRESS
    assert known(Client()) is None
    client.force_login(make_user())
    assert known(client) is None


def test_a_proved_address_is_forgotten(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    register(client)
    client.post(client.get(mailbox.link()).url)

    assert ADDRESS not in str(dict(client.session))


def test_a_ready_account_goes_where_it_wanted(db: Any, configure: Any) -> None:
    configure(verification=False)
    assert register(next="/shop/").url == "/shop/"


def test_whoever_is_logged_in_does_not_register(user: Any, client_for: Any) -> None:
    client = client_for(user)
    assert client.get(reverse("account_signup")).url == reverse("account_profile")
    register(client)
    assert get_user_model().objects.count() == 1


def test_a_closed_registration_takes_nobody(db: Any, settings: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": ["registration"]}
    assert register().status_code == 404
    assert not get_user_model().objects.exists()
    page = Client().get(reverse("account_login")).content.decode()
    assert reverse("account_signup") not in page


# What is refused


REFUSALS = {
    "password_mismatch": {"password2": NEW},
    "password_too_short": {"password": "short", "password2": "short"},
    "password_too_similar": {"password": "ada@example.comx", "password2": "ada@example.comx"},
    "invalid": {"email": "nobody"},
    "username_invalid": {"username": "a b"},
    "required": {"email": ""},
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_is_not_right_is_refused(db: Any, mailbox: Mailbox, code: str) -> None:
    response = register(**REFUSALS[code])
    assert response.status_code == 200
    errors = response.context["form"].errors.as_data()
    assert code in {error.code for field in errors.values() for error in field}
    assert not get_user_model().objects.exists()
    assert receivers(mailbox) == []


@pytest.mark.parametrize("spelling", ["ada", "ADA", "Ada"])
def test_a_user_name_is_taken_in_every_spelling(
    make_user: Callable[..., Any], spelling: str
) -> None:
    make_user(username="ada")
    response = register(username=spelling)
    assert response.status_code == 200
    assert response.context["form"].errors.as_data()["username"][0].code == "username_taken"


@pytest.mark.parametrize("spelling", ["ADA@example.com", "Ada@Example.Com", "ａda@example.com"])
def test_an_address_is_taken_in_every_spelling(
    make_user: Callable[..., Any], mailbox: Mailbox, spelling: str
) -> None:
    make_user(email=ADDRESS)
    mailbox.clear()
    register(email=spelling)
    assert get_user_model().objects.count() == 1
    assert receivers(mailbox) in ([ADDRESS], [])


def test_without_a_mail_a_taken_address_is_refused(user: Any, configure: Any) -> None:
    configure(verification=False)
    response = register(email=user.email)
    assert response.status_code == 200
    assert response.context["form"].errors.as_data()["email"][0].code == "registration_taken"
