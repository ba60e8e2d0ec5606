"""A mail that no longer holds when it is to be sent, is dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from authkit.accounts.addresses import set_pending_address
from authkit.models import Mail, Status, get_event_model
from tests.conftest import Mailbox

from .letters import MakeUser, purposes


def block(user: Any) -> None:
    user.block()


def change_address(user: Any) -> None:
    get_user_model().objects.set_email(user, "another@example.com")


def log_out_everywhere(user: Any) -> None:
    get_user_model().objects.end_sessions(user)


def choose_password(user: Any) -> None:
    get_user_model().objects.set_password(user, "an entirely different passphrase")


def verify(user: Any) -> None:
    get_user_model().objects.verify(user)


def approve(user: Any) -> None:
    user.approve()


def give_up(user: Any) -> None:
    set_pending_address(user, None)


def wish_otherwise(user: Any) -> None:
    set_pending_address(user, "third@example.com")


def lose_name(user: Any) -> None:
    user.username = None
    user.save()


def leave(user: Any) -> None:
    user.delete()


DROPPED = [
    ("email_verification", block),
    ("email_verification", verify),
    ("email_verification", change_address),
    ("email_verification", leave),
    ("registration_exists", block),
    ("registration_exists", change_address),
    ("registration_approved", block),
    ("password_reset", block),
    ("password_reset", change_address),
    ("password_reset", leave),
    ("password_changed", leave),
    ("email_change", block),
    ("email_change", log_out_everywhere),
    ("email_change", choose_password),
    ("email_change", give_up),
    ("email_change", wish_otherwise),
    ("email_change_notice", give_up),
    ("email_change_notice", log_out_everywhere),
    ("email_change_notice", change_address),
    ("username_retrieval", block),
    ("username_retrieval", change_address),
    ("username_retrieval", lose_name),
]


@pytest.mark.parametrize(
    ("purpose", "change"), DROPPED, ids=[f"{p}-{change.__name__}" for p, change in DROPPED]
)
def test_a_mail_that_no_longer_holds_is_dropped(
    purpose: str, change: Callable[[Any], None], make_user: MakeUser, mailbox: Mailbox
) -> None:
    mail = purposes(make_user)[purpose]
    Mail.objects.exclude(pk=mail.pk).delete()
    user = get_user_model().objects.get(pk=mail.user_id)

    change(user)
    Mail.objects.exclude(pk=mail.pk).delete()

    assert len(mailbox) == 0
    assert not Mail.objects.exists()
    assert not get_event_model().objects.filter(name="mail_failed").exists()


@pytest.mark.parametrize("change", [approve, block, leave])
def test_the_notice_of_a_registration_is_dropped_once_it_is_decided(
    change: Callable[[Any], None], make_user: MakeUser, mailbox: Mailbox
) -> None:
    person = make_user(status=Status.PENDING)
    chief = make_user(is_superuser=True)
    Mail.objects.queue("registration_notice", chief.email, chief, person=str(person.pk))

    change(person)

    assert "New registration" not in "".join(message.subject for message in mailbox)


@pytest.mark.parametrize("status", [Status.PENDING, Status.BLOCKED])
def test_no_password_link_is_sent_to_whom_it_would_not_help(
    status: str, make_user: MakeUser, mailbox: Mailbox
) -> None:
    person = make_user(status=status)
    Mail.objects.queue("password_reset", person.email, person)

    assert len(mailbox) == 0
