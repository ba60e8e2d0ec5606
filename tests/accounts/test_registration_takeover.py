"""Registering somebody else's address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from authkit.models import Status, get_event_model
from tests.conftest import PASSWORD, Mailbox

from .registering import ADDRESS, CHOSEN, NEW, is_in, log_in, person, receivers, register


def test_a_link_opened_elsewhere_takes_a_new_password(db: Any, mailbox: Mailbox) -> None:
    register()
    owner = Client()
    page = owner.get(mailbox.link()).url
    assert owner.get(page).context["state"] == "choose_password"
    assert owner.post(page).status_code == 200
    assert person().status == Status.UNVERIFIED
    response = owner.post(page, CHOSEN)
    assert response.url == reverse("account_login")
    assert person().status == Status.ACTIVE
    assert log_in(password=NEW)
    assert not log_in(password=PASSWORD)


def test_a_link_opened_where_it_was_asked_for_takes_a_button(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    register(client)
    page = client.get(mailbox.link()).url
    assert client.get(page).context["state"] == "confirm"
    assert not client.get(page).context["form"].fields
    client.post(page)
    assert is_in(client)


def test_a_second_registration_takes_the_address_over(db: Any, mailbox: Mailbox) -> None:
    squatter, owner = Client(), Client()
    register(squatter, username="squatter", password=NEW, password2=NEW)
    old = mailbox.link()
    waiting = Client()
    page = waiting.get(old).url
    mailbox.clear()
    register(owner)
    assert Client().get(old).status_code == 404
    assert waiting.post(page, CHOSEN).status_code == 404
    # The first browser is no longer the one that registered.
    again = squatter.get(mailbox.link()).url
    assert squatter.get(again).context["state"] == "choose_password"
    owner.post(owner.get(mailbox.link()).url)
    assert is_in(owner)
    assert not log_in(password=NEW)
    assert (person().username, person().status) == ("ada", Status.ACTIVE)


def test_whoever_squats_an_address_after_its_owner_gains_nothing(db: Any, mailbox: Mailbox) -> None:
    squatter, owner = Client(), Client()
    register(owner)
    mailbox.clear()
    register(squatter, username="squatter", password=NEW, password2=NEW)
    page = owner.get(mailbox.link()).url
    assert owner.get(page).context["state"] == "choose_password"
    chosen = "a third and last passphrase"
    owner.post(page, {"new_password": chosen, "new_password2": chosen})
    assert log_in(password=chosen)
    assert not log_in(password=NEW)
    assert not is_in(squatter)


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "blocked"])
def test_an_account_that_was_verified_is_not_taken_over(
    make_user: Callable[..., Any], mailbox: Mailbox, status: str
) -> None:
    user = make_user(email=ADDRESS, status="active" if status == "blocked" else status)
    if status == "blocked":
        user.block()
    mailbox.clear()
    register(password=NEW, password2=NEW)
    user.refresh_from_db()
    assert person().check_password(PASSWORD)
    assert person().username == user.username
    assert receivers(mailbox) == ([] if status == "blocked" else [ADDRESS])
    refusal = get_event_model().objects.get(name="registration", outcome="failure")
    assert refusal.user_id == user.pk


def test_a_project_does_not_notice_a_registration_that_was_none(user: Any, settings: Any) -> None:
    called = []

    def after_registration(request: Any, form: Any, user: Any, logged_in: Any) -> HttpResponse:
        called.append(user.email)
        return HttpResponse("mine")

    settings.AUTHKIT = {
        **settings.AUTHKIT,
        "CALLBACKS": {"after_registration": after_registration},
    }
    assert register().content == b"mine"
    assert register(email=user.email, username="other").status_code == 302
    assert called == [ADDRESS]
