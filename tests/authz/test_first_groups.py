"""The groups that a user begins with: that of everybody, and one of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from authkit import auth
from authkit.models import Group, Membership, Status

pytestmark = pytest.mark.django_db

OWN = "own_%(id)s"
USERS: Any = get_user_model()._default_manager


@pytest.fixture(autouse=True)
def _groups(settings: Any) -> None:
    settings.AUTHKIT = {
        **settings.AUTHKIT,
        "EVERYBODY_GROUP": "everybody",
        "CREATE_USER_GROUPS": OWN,
    }


def groups_of(user: Any) -> set[str]:
    return set(user.auth_groups.values_list("name", flat=True))


def both(user: Any) -> set[str]:
    return {"everybody", OWN % {"id": user.pk}}


def verify(user: Any) -> None:
    USERS.verify(user)


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


RETURNS: dict[str, Callable[[Any], None]] = {
    "a new password": lambda user: USERS.set_password(user, "an entirely different passphrase"),
    "a reset": reset,
    "blocked and allowed": lambda user: (user.block(), user.allow()),
    "disabled and allowed": lambda user: (user.disable(), user.allow()),
    "disabled and reset": lambda user: (user.disable(), reset(user)),
}


@pytest.mark.parametrize("come_back", RETURNS.values(), ids=RETURNS)
def test_whoever_was_taken_out_does_not_come_back_by_himself(
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


def test_a_group_of_this_name_with_other_members_keeps_nobody_out(
    user: Any, make_user: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    newcomer = make_user(status=Status.UNVERIFIED)
    auth.add_membership(auth.create_group(OWN % {"id": newcomer.pk}), user)

    verify(newcomer)

    assert groups_of(newcomer) == {"everybody"}
    assert "has no own group" in caplog.text
    with pytest.raises(ValueError, match="other members"):
        auth.add_permission(newcomer, "write")


def test_a_group_of_others_is_nobodys_own(user: Any, make_user: Callable[..., Any]) -> None:
    person = make_user()
    group = Group.objects.get(name=OWN % {"id": person.pk})
    auth.add_membership(group, user)
    auth.add_permission(group, "write")

    assert auth.remove_permission(person, "write") == 0
    person.delete()

    assert auth.has_permission("write", user=user)


def test_own_groups_go_with_several_users_at_once(make_user: Callable[..., Any]) -> None:
    users = [make_user() for _number in range(3)]
    names = [OWN % {"id": user.pk} for user in users]

    USERS.filter(pk__in=[user.pk for user in users]).delete()

    assert not Group.objects.filter(name__in=names).exists()
