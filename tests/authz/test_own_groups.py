"""The group of one person: nobody else joins, and it goes with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from authkit import auth
from authkit.models import Event, Group, Membership, Permission, Status
from tests.blog.models import Post

from .first_groups import OWN, USERS, groups_of, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_first_groups")]


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


@pytest.mark.parametrize("how", ["removed", "ended"])
def test_no_right_is_given_to_who_is_out_of_their_own_group(how: str, user: Any) -> None:
    auth.add_permission(user, "write")
    if how == "removed":
        auth.remove_membership(user.auth_own_group, user)
    else:
        auth.add_membership(user.auth_own_group, user, expires_at=timezone.now())

    for who in (user, [user]):
        with pytest.raises(ValueError, match="taken out of their own group"):
            auth.add_permission(who, "read")

    assert not auth.has_permission("write", user=user)
    assert auth.remove_permission(user, "write") == 1
    auth.add_membership(user.auth_own_group, user)
    auth.add_permission(user, "read")
    assert auth.has_permission("read", user=user)
    assert not auth.has_permission("write", user=user)


def test_a_right_moves_no_end_of_a_membership(user: Any) -> None:
    end = timezone.now() + timedelta(hours=1)
    auth.add_membership(user.auth_own_group, user, expires_at=end)

    auth.add_permission(user, "read")

    assert Membership.objects.get(group=user.auth_own_group).expires_at == end


def test_no_own_group_is_made_for_who_is_gone(make_user: Callable[..., Any]) -> None:
    user = make_user()
    copy = USERS.get(pk=user.pk)
    user.delete()

    with pytest.raises(USERS.model.DoesNotExist):
        auth.add_permission(copy, "read")

    assert not Group.objects.exclude(owner=None).exists()


def test_own_groups_go_with_several_users_at_once(make_user: Callable[..., Any]) -> None:
    users = [make_user() for _number in range(3)]
    names = [OWN % {"id": user.pk} for user in users]

    USERS.filter(pk__in=[user.pk for user in users]).delete()

    assert not Group.objects.filter(name__in=names).exists()


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("form", ["", "person-%(id)s"])
def test_the_own_group_of_a_user_goes_with_the_user(
    make_user: Any, settings: Any, form: str, *, many: bool
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "EVERYBODY_GROUP": "", "CREATE_USER_GROUPS": form}
    user, other = make_user(), make_user()
    auth.add_permission([user, other], "write", Post)
    auth.add_permission(other, "edit", user)
    pk = user.pk

    USERS.filter(pk=pk).delete() if many else user.delete()

    grant = Permission.objects.get()
    assert grant.group == Group.objects.get() == Membership.objects.get().group
    again = make_user(pk=pk)
    assert not auth.has_permission("write", Post, user=again)
    assert not auth.has_permission("edit", again, user=other)
    auth.add_permission(again, "read", Post)
    assert not auth.has_permission("write", Post, user=again)


def test_a_membership_that_is_moved_by_a_foreign_key_is_forgotten(
    user: Any, make_user: Callable[..., Any], serving: Callable[..., Any]
) -> None:
    group, heir = auth.create_group("editors"), make_user()
    membership = auth.add_membership(group, user)

    with serving(user):
        assert auth.has_membership(group)
        heir.auth_memberships.add(membership)
        assert not auth.has_membership(group)
