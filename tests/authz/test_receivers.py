"""The groups that a user begins with: that of everybody, and one of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from authkit import auth
from authkit.models import Event, Membership, Status

from .first_groups import OWN, USERS, groups_of, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_first_groups")]


def both(user: Any) -> set[str]:
    return {"everybody", OWN % {"id": user.pk}}


def verify_and_approve(user: Any) -> None:
    USERS.verify(user, approval=True)
    assert groups_of(user) == set()
    auth.approve_user(user)


def reset(user: Any) -> None:
    USERS.reset_password(user, "an entirely different passphrase")


@pytest.mark.parametrize("arrive", [verify, verify_and_approve, reset])
def test_whoever_becomes_active_joins_them(
    arrive: Callable[[Any], None], make_user: Callable[..., Any]
) -> None:
    user = make_user(status=Status.UNVERIFIED)
    assert groups_of(user) == set()

    arrive(user)

    assert groups_of(user) == both(user)


def test_those_made_at_once_join_them_if_active(user: Any) -> None:
    made = USERS.bulk_create(
        [
            USERS.model(email="ada@example.com"),
            USERS.model(email="ida@example.com"),
            USERS.model(email="eve@example.com", status=Status.BLOCKED, blocked_from="active"),
        ]
    )

    assert [groups_of(each) for each in made] == [both(made[0]), both(made[1]), set()]
    joined = Event.objects.filter(name="membership_add", data__count=2).get()
    assert joined.data["users"] == sorted(str(each.pk) for each in made[:2])


@pytest.mark.parametrize(
    "options",
    [
        {"ignore_conflicts": True},
        {"update_conflicts": True, "update_fields": ["first_name"], "unique_fields": ["email_key"]},
    ],
)
def test_whoever_may_have_been_there_already_joins_nothing(
    user: Any, options: dict[str, Any]
) -> None:
    if connection.vendor == "mysql":
        options = {name: value for name, value in options.items() if name != "unique_fields"}
    auth.remove_membership("everybody", user)

    USERS.bulk_create([USERS.model(email=user.email)], **options)

    assert groups_of(user) == {OWN % {"id": user.pk}}


RETURNS: dict[str, Callable[[Any], None]] = {
    "a new password": lambda user: USERS.set_password(user, "an entirely different passphrase"),
    "a reset": reset,
    "blocked and allowed": lambda user: (user.block(), user.allow()),
    "disabled and allowed": lambda user: (user.disable(), user.allow()),
    "disabled and reset": lambda user: (user.disable(), reset(user)),
}


@pytest.mark.parametrize("come_back", RETURNS.values(), ids=RETURNS)
def test_whoever_was_taken_out_does_not_come_back_by_themselves(
    come_back: Callable[[Any], None], user: Any
) -> None:
    auth.remove_membership("everybody", user)

    come_back(user)

    assert groups_of(user) == {OWN % {"id": user.pk}}


@pytest.mark.parametrize("come_back", RETURNS.values(), ids=RETURNS)
def test_a_membership_keeps_its_end(come_back: Callable[[Any], None], user: Any) -> None:
    end = timezone.now() + timedelta(days=1)
    auth.add_membership("everybody", user, expires_at=end)

    come_back(user)

    assert Membership.objects.get(group__name="everybody", user=user).expires_at == end
