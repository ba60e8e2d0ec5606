"""Groups and memberships: the verbs, and what goes with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from authkit import auth
from authkit.models import Group, Membership, User

FRIDAY = datetime(2030, 1, 4, tzinfo=UTC)


def test_a_group_is_made_once(db: None) -> None:
    group = Group.objects.create_group("editors", description="They edit.")

    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.create_group("editors")

    assert list(Group.objects.all()) == [group]
    assert (str(group), group.description) == ("editors", "They edit.")


@pytest.mark.parametrize(
    "name", ["", "a\n", "\x00", "a\x1bb", "\u2028", "\ud800", "a" * 256], ids=ascii
)
@pytest.mark.parametrize(
    "make",
    [
        lambda name: Group.objects.create_group(name),
        lambda name: Group.objects.create(name=name),
        lambda name: Group.objects.bulk_create([Group(name=name)]),
        lambda name: Group.objects.get_or_create(name="a", defaults={"name": name}),
        lambda name: auth.create_group(name),
    ],
    ids=["create_group", "create", "bulk_create", "get_or_create", "the facade"],
)
def test_some_names_are_refused(db: None, make: Callable[[str], Any], name: str) -> None:
    with pytest.raises(ValidationError):
        make(name)

    assert not Group.objects.exists()


def test_a_name_that_is_not_loaded_is_not_looked_at(
    make_group: Callable[..., Group], django_assert_num_queries: Any
) -> None:
    make_group()
    group = Group.objects.only("description").get()

    group.description = "New"
    group.save(update_fields=["description"])

    assert "name" not in vars(group) or Group.objects.get().name == group.name


def test_a_membership_is_added_once(user: User, make_group: Callable[..., Group]) -> None:
    group = make_group()

    memberships = [Membership.objects.add(group, user) for _ in range(3)]

    assert memberships == [Membership.objects.get()] * 3
    assert str(memberships[0]) == "user1@example.com · group1"


@pytest.mark.parametrize(
    "times", [[FRIDAY], [None, FRIDAY], [FRIDAY, None], [FRIDAY, FRIDAY + timedelta(days=1)]]
)
def test_a_membership_ends_when_it_was_said_last(
    user: User, make_group: Callable[..., Group], times: list[datetime | None]
) -> None:
    group = make_group()

    for time in times:
        returned = Membership.objects.add(group, user, expires_at=time)

    assert returned.expires_at == Membership.objects.get().expires_at == times[-1]


def test_removing_tells_the_count(user: User, make_group: Callable[..., Group]) -> None:
    group, other = make_group(None, user), make_group(None, user)

    assert [Membership.objects.remove(group, user) for _ in range(2)] == [1, 0]
    assert [row.group for row in Membership.objects.all()] == [other]


@pytest.mark.parametrize(
    "end", [User.delete, lambda user: User.objects.filter(pk=user.pk).delete()]
)
def test_memberships_go_with_the_user(
    user: User, make_group: Callable[..., Group], end: Callable[[User], Any]
) -> None:
    make_group(None, user)

    end(user)

    assert not Membership.objects.exists()


def test_memberships_go_with_the_group(user: User, make_group: Callable[..., Group]) -> None:
    make_group(None, user).delete()

    assert not Membership.objects.exists()
