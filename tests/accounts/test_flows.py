"""What the routes do, where a page has no say: claims that died since they were read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.test import Client
from django.utils import translation

from authkit.accounts import flows
from authkit.accounts.addresses import set_pending_address
from authkit.accounts.flows.registration import MOST_TOLD
from authkit.accounts.tokens import Claim
from authkit.exceptions import StaleUserError
from authkit.models import Mail, Status, get_event_model
from tests.audit.scene import no_event_can_be_written
from tests.conftest import PASSWORD

NEW = "an entirely different passphrase"
VERBS: dict[str, tuple[str, Callable[[Claim], Any]]] = {
    "verify": (Status.UNVERIFIED, flows.verify_email),
    "verify and choose": (Status.UNVERIFIED, lambda claim: flows.verify_email(claim, NEW)),
    "reset": (Status.ACTIVE, lambda claim: flows.reset_password(claim, NEW)),
    "change": (Status.ACTIVE, flows.change_email),
    "cancel": (Status.ACTIVE, flows.cancel_email_change),
}


def claim_of(user: Any) -> Claim:
    return Claim(
        purpose="any",
        pk=str(user.pk),
        address="new@example.com",
        version=user.version,
        until=time.time() + 60,
    )


def row(user: Any) -> dict[str, Any] | None:
    found: dict[str, Any] | None = get_user_model().objects.filter(pk=user.pk).values().first()
    return found


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_works_once(verb: str, make_user: Callable[..., Any]) -> None:
    status, use = VERBS[verb]
    user = make_user(status=status)
    claim = claim_of(user)

    assert use(claim) == user
    after = row(user)
    assert use(claim) is None
    assert row(user) == after


@pytest.mark.parametrize("verb", VERBS)
def test_a_claim_of_whoever_was_deleted_is_dead(verb: str, make_user: Callable[..., Any]) -> None:
    status, use = VERBS[verb]
    user = make_user(status=status)
    claim = claim_of(user)
    user.delete()

    assert use(claim) is None


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.PENDING, Status.DISABLED, Status.BLOCKED])
@pytest.mark.parametrize("verb", ["verify", "verify and choose"])
def test_only_an_unverified_account_is_verified(
    verb: str, status: str, make_user: Callable[..., Any]
) -> None:
    user = make_user(status=status)
    before = row(user)

    assert VERBS[verb][1](claim_of(user)) is None
    assert row(user) == before


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (Status.ACTIVE, Status.ACTIVE),
        (Status.UNVERIFIED, Status.ACTIVE),
        (Status.DISABLED, Status.ACTIVE),
        (Status.PENDING, None),
        (Status.BLOCKED, None),
    ],
)
def test_a_reset_lets_in_whom_the_mailbox_is_enough_for(
    status: str, after: str | None, make_user: Callable[..., Any]
) -> None:
    user = make_user(status=status)

    done = flows.reset_password(claim_of(user), NEW)

    user.refresh_from_db()
    assert (done and done.status, user.check_password(NEW)) == (after, after is not None)
    assert user.status == (after or status)


@pytest.mark.parametrize("status", [s for s in Status if s != Status.ACTIVE])
def test_only_an_active_account_changes_its_address(
    status: str, make_user: Callable[..., Any]
) -> None:
    user = make_user(status=status)
    set_pending_address(user, "new@example.com")
    before = row(user)

    assert flows.change_email(claim_of(user)) is None
    assert row(user) == before


def test_a_mail_to_somebody_else_is_in_the_project_s_language(
    make_user: Callable[..., Any], client: Any
) -> None:
    """Whoever makes the request chooses the language of their own mails only."""
    make_user(email="ada@example.com", username="ada")
    typed = {"email": "ada@example.com", "username": "eve", "password": PASSWORD}
    client.post(
        "/auth/registration/",
        typed | {"password2": PASSWORD},
        headers={"accept-language": "de"},
    )

    assert [(mail.purpose, mail.language) for mail in Mail.objects.all()] == [
        ("registration_exists", "en")
    ]


def test_an_approval_is_told_in_the_project_s_language(make_user: Callable[..., Any]) -> None:
    user = make_user(status=Status.PENDING)
    with translation.override("de"):
        user.approve()

    assert [(mail.purpose, mail.user, mail.language) for mail in Mail.objects.all()] == [
        ("registration_approved", user, "en")
    ]


def test_no_more_than_so_many_administrators_are_told(make_user: Callable[..., Any]) -> None:
    users = get_user_model().objects
    addresses = [f"root{number}@example.com" for number in range(MOST_TOLD + 1)]
    users.bulk_create([users.model(email=address, is_superuser=True) for address in addresses])
    person = make_user(status=Status.PENDING)

    flows.notify_administrators(person)

    told = Mail.objects.filter(purpose="registration_notice").order_by("pk")
    assert list(told.values_list("address", flat=True)) == addresses[:MOST_TOLD]


def test_a_password_is_changed_only_in_the_account_that_was_read(user: Any) -> None:
    late = get_user_model().objects.get(pk=user.pk)
    flows.change_password(user, NEW)
    before = row(user)

    with pytest.raises(StaleUserError):
        flows.change_password(late, "the password of the other browser")

    assert row(user) == before
    events = get_event_model().objects.filter(name="password_change")
    assert [event.user for event in events] == [user]


def test_only_the_own_session_can_be_ended(user: Any, make_user: Callable[..., Any]) -> None:
    client = Client()
    client.post("/auth/login/", {"login": user.email, "password": PASSWORD})
    key = UserSession.objects.get().pk

    assert not flows.end_session(make_user(), key)
    assert not flows.end_session(user, key + 1)
    assert UserSession.objects.filter(pk=key).exists()
    assert flows.end_session(user, key)
    assert not UserSession.objects.exists()
    assert get_event_model().objects.get(name="sessions").data == {"action": "end_one"}


UNDONE: dict[str, Callable[[Any], Any]] = {
    "change_profile": lambda user: flows.change_profile(user, ["first_name"]),
    "change_password": lambda user: flows.change_password(user, NEW),
    "end_session": lambda user: flows.end_session(user, UserSession.objects.get().pk),
    "end_other_sessions": flows.end_other_sessions,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", UNDONE)
def test_what_cannot_be_recorded_is_not_done(verb: str, user: Any) -> None:
    client = Client()
    client.post("/auth/login/", {"login": user.email, "password": PASSWORD})
    user = get_user_model().objects.get()
    before = row(user)
    user.first_name = "Ada"

    with no_event_can_be_written(), pytest.raises(DatabaseError):
        UNDONE[verb](user)

    assert row(user) == before
    assert client.get("/auth/profile/").status_code == 200


def test_the_wish_for_a_link_is_one_row_whether_somebody_is_there_or_not(
    make_user: Callable[..., Any],
) -> None:
    user = make_user()

    asked = [
        flows.request_mail("password_reset", address, event="password_retrieval")
        for address in (user.email, "nobody@example.com")
    ]

    assert asked == [user, None]
    assert Mail.objects.count() == 2
    events = get_event_model().objects.filter(name="password_retrieval")
    assert list(events.order_by("pk").values_list("outcome", flat=True)) == ["success", "failure"]
