"""Whom a registration writes to, and who asks for another mail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

from .registering import ADDRESS, CHOSEN, NEW, log_in, person, receivers, register, resend

# Who is written to


def test_administrators_are_told_when_a_person_waits_for_them(
    root: Any, make_user: Callable[..., Any], configure: Any, mailbox: Mailbox
) -> None:
    configure(approval=True)
    make_user(is_staff=True)
    gone = make_user(is_superuser=True)
    gone.block()
    mailbox.clear()
    client = Client()
    register(client)
    page = client.get(mailbox.link()).url
    assert receivers(mailbox) == [ADDRESS]
    client.post(page)
    (message,) = mailbox
    ada = get_user_model().objects.get(email=ADDRESS)
    assert message.to == [root.email]
    assert ADDRESS in message.body
    assert f"/authkit/user/{ada.pk}/change/" in message.body
    mailbox.clear()
    ada.approve()
    assert receivers(mailbox) == [ADDRESS]


def test_administrators_are_told_at_once_without_verification(
    root: Any, configure: Any, mailbox: Mailbox
) -> None:
    configure(verification=False, approval=True)
    mailbox.clear()
    register()
    assert receivers(mailbox) == [root.email]
    register(username="ada2")
    assert receivers(mailbox) == [ADDRESS]  # there is an account with this address


def test_a_password_chosen_with_the_link_needs_the_approval_too(
    root: Any, configure: Any, mailbox: Mailbox
) -> None:
    configure(approval=True)
    register()
    other = Client()
    page = other.get(mailbox.link()).url
    mailbox.clear()
    assert other.post(page, CHOSEN).url == reverse("account_inactive")
    assert receivers(mailbox) == [root.email]
    assert get_user_model().objects.get(email=ADDRESS).status == Status.PENDING
    assert not log_in(password=NEW)


def test_a_reset_proves_the_mailbox_and_approves_nobody(
    root: Any, configure: Any, mailbox: Mailbox
) -> None:
    configure(approval=True)
    register()
    mailbox.clear()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    page = client.get(mailbox.link()).url
    mailbox.clear()
    client.post(page, CHOSEN)
    assert get_user_model().objects.get(email=ADDRESS).status == Status.PENDING
    assert receivers(mailbox) == [root.email]
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    assert receivers(mailbox) == []
    assert not log_in(password=NEW)


# Another mail


def test_the_mail_is_sent_again_to_whoever_waits_for_it(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    register(client)
    first = mailbox.link()
    mailbox.clear()
    assert resend().url == reverse("account_email_verification_sent")
    assert receivers(mailbox) == [ADDRESS]
    assert client.post(client.get(first).url).status_code == 302
    assert person().status == Status.ACTIVE


def test_the_mail_is_sent_again_once_in_a_while(db: Any, mailbox: Mailbox) -> None:
    register()
    mailbox.clear()
    answers = [resend(spelling) for spelling in (ADDRESS, ADDRESS, "ADA@example.com")]
    assert {answer.status_code for answer in answers} == {302}
    assert receivers(mailbox) == [ADDRESS]


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "blocked"])
def test_the_mail_is_not_sent_to_others(
    make_user: Callable[..., Any], mailbox: Mailbox, status: str
) -> None:
    user = make_user(status="active" if status == "blocked" else status)
    if status == "blocked":
        user.block()
    mailbox.clear()
    assert resend(user.email).status_code == 302
    assert receivers(mailbox) == []


def test_a_dead_link_offers_another_mail(db: Any, mailbox: Mailbox) -> None:
    register()
    client = Client()
    response = client.get(reverse("account_confirm_email", args=["1:dead:link"]))
    assert response.status_code == 404
    body = response.content.decode()
    (action,) = re.findall(r'<form class="ak-form" method="post" action="([^"]+)"', body)
    mailbox.clear()
    assert client.post(action, {"email": ADDRESS}).status_code == 302
    assert receivers(mailbox) == [ADDRESS]


def test_the_right_password_has_the_mail_sent_again(db: Any, mailbox: Mailbox) -> None:
    register()
    mailbox.clear()
    data = {"login": ADDRESS, "password": PASSWORD}
    response = Client().post(reverse("account_login"), data)
    assert response.url == reverse("account_email_verification_sent")
    assert receivers(mailbox) == [ADDRESS]
