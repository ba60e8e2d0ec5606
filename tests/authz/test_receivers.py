"""The groups that a user begins with: that of everybody, and one of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from authkit import auth
from authkit.models import Event, Group, Membership, Status

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


def test_a_group_that_is_called_so_is_nobodys_own(user: Any, make_user: Callable[..., Any]) -> None:
    newcomer = make_user(status=Status.UNVERIFIED)
    group = auth.create_group(OWN % {"id": newcomer.pk})
    auth.add_permission(group, "secret")
    auth.add_membership(group, user)

    verify(newcomer)
    auth.add_permission(newcomer, "write")

    assert groups_of(newcomer) == {"everybody", f"{group.name}_2"}
    assert not auth.has_permission("secret", user=newcomer)
    assert not auth.has_permission("write", user=user)
    newcomer.delete()
    assert auth.has_permission("secret", user=user)


@pytest.mark.parametrize("order", [["a", "b"], ["b", "a"]])
def test_another_name_for_these_groups_changes_none_that_is_there(
    order: list[str], user: Any, settings: Any
) -> None:
    for prefix in order:
        settings.AUTHKIT = {**settings.AUTHKIT, "CREATE_USER_GROUPS": f"{prefix}-%(id)s"}
        auth.add_permission(user, prefix)

    assert groups_of(user) == {"everybody", OWN % {"id": user.pk}}
    assert auth.has_permission("a", user=user)
    assert auth.has_permission("b", user=user)


def add_as_member(group: Any, user: Any) -> None:
    auth.add_membership(group, user)


JOINING: dict[str, Callable[[Any, Any], Any]] = {
    "the facade": add_as_member,
    "from the group": lambda group, user: group.users.add(user),
    "from the group, by key": lambda group, user: group.users.add(user.pk),
    "from the group, among others": lambda group, user: group.users.add(user, group.owner),
    "from the user": lambda group, user: user.auth_groups.add(group.pk),
    "from the user, as all": lambda group, user: user.auth_groups.set([group]),
    "save": lambda group, user: Membership(group_id=group.pk, user=user).save(),
    "bulk_create": lambda group, user: Membership.objects.bulk_create(
        [Membership(group_id=group.pk, user_id=user.pk)]
    ),
    "update": lambda group, user: group.auth_memberships.update(user=user),
    "bulk_update": lambda group, user: Membership.objects.bulk_update(
        [_of(user, group.auth_memberships.get())], ["user"]
    ),
    "another user": lambda group, user: _save_as(group.auth_memberships.get(), user),
}


def _of(user: Any, membership: Membership) -> Membership:
    membership.user = user
    return membership


def _save_as(membership: Membership, user: Any) -> None:
    _of(user, membership).save()


@pytest.mark.parametrize("join", JOINING.values(), ids=JOINING)
def test_nobody_else_joins_an_own_group(
    join: Callable[[Any, Any], Any], user: Any, make_user: Callable[..., Any]
) -> None:
    person = make_user()
    auth.add_permission(person, "write")

    with pytest.raises(ValidationError, match="somebody else"), transaction.atomic():
        join(person.auth_own_group, user)

    assert [*person.auth_own_group.users.all()] == [person]
    assert not auth.has_permission("write", user=user)


def test_shared_memberships_may_be_moved_to_somebody_else(
    user: Any, make_user: Callable[..., Any]
) -> None:
    group, heir = auth.create_group("editors"), make_user()
    auth.add_membership(group, user)

    assert group.auth_memberships.filter(user=user).update(user=heir) == 1

    assert [*group.users.all()] == [heir]


def test_a_form_says_that_a_group_is_anothers_own(user: Any, make_user: Callable[..., Any]) -> None:
    own = Group.objects.get(owner=make_user())

    with pytest.raises(ValidationError, match="somebody else"):
        Membership(group=own, user=user).full_clean()


def test_shared_groups_are_those_without_an_owner(user: Any) -> None:
    auth.create_group("editors")

    assert [group.name for group in Group.objects.shared()] == ["editors", "everybody"]
    assert Group.objects.exclude(owner=None).get().owner == user
    told = Event.objects.filter(name="group_create").order_by("pk")
    assert [event.data.get("owner") for event in told] == [None, str(user.pk), None]


def test_who_was_taken_out_of_their_own_group_is_in_it_again_with_the_next_right(
    user: Any,
) -> None:
    auth.add_permission(user, "write")
    auth.remove_membership(user.auth_own_group, user)
    assert not auth.has_permission("write", user=user)

    auth.add_permission(user, "read")

    assert auth.has_permission("write", user=user)


def test_own_groups_go_with_several_users_at_once(make_user: Callable[..., Any]) -> None:
    users = [make_user() for _number in range(3)]
    names = [OWN % {"id": user.pk} for user in users]

    USERS.filter(pk__in=[user.pk for user in users]).delete()

    assert not Group.objects.filter(name__in=names).exists()
