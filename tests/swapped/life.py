"""A user, a group, a membership, a permission and an event, whatever models they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client

from authkit import auth
from authkit.exceptions import AppendOnlyError, LastSuperuserError, ProtectedFieldError
from authkit.models import (
    Tag,
    get_event_model,
    get_group_model,
    get_membership_model,
    get_permission_model,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> Any:
    return get_user_model().objects.create_user("Ann@example.com", "a password, long enough")


@pytest.fixture
def group() -> Any:
    return get_group_model().objects.create_group("editors")


def names() -> list[str]:
    return list(get_event_model().objects.order_by("pk").values_list("name", flat=True))


def test_everything_is_made_and_told(user: Any, group: Any) -> None:
    membership = get_membership_model().objects.add(group, user)
    for target in (None, get_user_model(), user):
        get_permission_model().objects.add(group, "read", target)
    Tag.objects.add("topics", user, "a/b")

    assert get_membership_model().objects.add(group, user) == membership
    assert list(user.auth_memberships.values_list("group__name", flat=True)) == ["editors"]
    assert group.auth_permissions.count() == 3
    assert list(group.users.all()) == [user]
    loaded = get_user_model().objects.prefetch_related("auth_groups", "auth_permissions").get()
    assert list(loaded.auth_groups.all()) == [group]
    assert len(loaded.auth_permissions.all()) == 3
    told = ["user_create", "group_create", "membership_add", *["permission_add"] * 3, "tag_add"]
    assert names() == told
    assert user.auth_events.count() == 2


def test_everything_is_removed(user: Any, group: Any) -> None:
    get_membership_model().objects.add(group, user)
    get_permission_model().objects.add(group, "read", user)
    key = str(user.pk)

    removed = [get_membership_model().objects.remove(group, user) for _ in range(2)]
    user.delete()
    group.delete()

    assert removed == [1, 0]
    assert get_permission_model().objects.count() == 0
    assert names()[-2:] == ["user_delete", "group_delete"]
    assert get_event_model().objects.filter(user_key=key, user=None).count() == 4


@pytest.mark.parametrize("bulk", [True, False])
def test_an_own_group_is_its_owners_alone_and_goes_with_them(*, bulk: bool) -> None:
    users, groups = get_user_model().objects, get_group_model().objects
    user, other = users.create_user("ann@example.com"), users.create_user("bob@example.com")
    auth.add_permission([user, other], "read", get_user_model())

    assert auth.has_permission("read", get_user_model(), user=user)
    assert groups.get(owner=user) == user.auth_own_group
    assert groups.shared().count() == 0
    with pytest.raises(ValidationError):
        auth.add_membership(user.auth_own_group, other)
    users.filter(pk=user.pk).delete() if bulk else user.delete()
    assert groups.get() == other.auth_own_group
    assert get_permission_model().objects.get().group == other.auth_own_group


def test_a_user_is_guarded(user: Any) -> None:
    user.is_superuser = True
    user.save()
    sessions = user.get_session_auth_hash()

    with pytest.raises(LastSuperuserError):
        user.block()
    with pytest.raises(ProtectedFieldError):
        get_user_model().objects.update(status="blocked")
    get_user_model().objects.reset_password(user, "another password", version=0)

    assert user.get_session_auth_hash() != sessions
    assert get_user_model().objects.get_by_natural_key("ANN@example.com") == user
    with pytest.raises(AppendOnlyError):
        get_event_model().objects.all().delete()


def test_a_user_has_a_page_until_blocked(user: Any) -> None:
    client = Client()
    client.force_login(user)

    statuses = [client.get("/auth/profile/").status_code]
    user.block()
    statuses.append(client.get("/auth/profile/").status_code)

    assert statuses == [200, 302]


if apps.is_installed("tests.swapped.foreign_key"):

    def test_a_room_goes_with_its_group(group: Any) -> None:
        group.rooms.create(name="attic")

        group.delete()

        assert apps.get_model("people.Room").objects.count() == 0


if apps.is_installed("tests.swapped.user"):

    @pytest.fixture
    def company() -> Any:
        return apps.get_model("people.Company").objects.create(name="Holding")

    def make(company: Any, **fields: Any) -> Any:
        return get_user_model().objects.create_user(company=company, **fields)

    def test_a_user_who_goes_with_the_company_is_told_of(company: Any) -> None:
        people = [make(company), make(company)]
        keys = [str(person.pk) for person in people]

        company.delete()

        assert names()[-2:] == ["user_delete"] * 2
        deleted = get_event_model().objects.filter(name="user_delete").order_by("user_key")
        assert [event.user_key for event in deleted] == keys

    @pytest.mark.parametrize("bulk", [True, False])
    def test_the_last_superusers_do_not_go_with_the_company(company: Any, *, bulk: bool) -> None:
        make(company, is_superuser=True), make(company, is_superuser=True)

        with pytest.raises(LastSuperuserError), transaction.atomic():
            type(company).objects.all().delete() if bulk else company.delete()

        assert get_user_model().objects.count() == 2

    def test_the_last_but_one_does(company: Any) -> None:
        make(company, is_superuser=True)
        last = make(None, is_superuser=True)

        company.delete()

        assert list(get_user_model().objects.all()) == [last]
