"""Whose own a group is never changes, and no way leads a stranger into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction

from authkit import auth
from authkit.models import Event, Group, Membership, Permission, User
from tests.blog.models import Post

pytestmark = pytest.mark.django_db


def _owned(group: Group, owner: User | None) -> Group:
    group.owner = owner
    return group


WITH_TARGET = connection.features.supports_update_conflicts_with_target
GIVING: dict[str, Callable[[Group, User | None], Any]] = {
    "save": lambda group, owner: _owned(group, owner).save(),
    "save of a copy": lambda group, owner: Group(pk=group.pk, name="copy", owner=owner).save(),
    "update": lambda group, owner: Group.objects.filter(pk=group.pk).update(owner=owner),
    "bulk_update": lambda group, owner: Group.objects.bulk_update(
        [_owned(group, owner)], ["owner"]
    ),
    "bulk_create": lambda group, owner: Group.objects.bulk_create(
        [Group(name=group.name, owner=owner)],
        update_conflicts=True,
        update_fields=iter(["owner"]),
        unique_fields=["name"] if WITH_TARGET else None,
    ),
    "update_or_create": lambda group, owner: Group.objects.update_or_create(
        {"owner": owner}, pk=group.pk
    ),
}


@pytest.mark.parametrize("give", GIVING.values(), ids=GIVING)
@pytest.mark.parametrize(
    ("before", "after"), [("shared", "own"), ("own", "another"), ("own", "shared")]
)
def test_an_owner_never_changes(
    give: Callable[[Any, Any], Any],
    before: str,
    after: str,
    user: Any,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
) -> None:
    other = make_user()
    group = make_group("team", other)
    if before == "own":
        auth.add_permission(other, "seed")
        group = other.auth_own_group
    owner = group.owner

    with pytest.raises(ValidationError, match="owner from the start"), transaction.atomic():
        give(group, None if after == "shared" else user)

    assert Group.objects.get(pk=group.pk).owner == owner


def test_what_else_a_group_has_changes(user: Any) -> None:
    auth.add_permission(user, "seed")
    group = Group.objects.get(owner=user)
    group.description = "of Ada"

    group.save()

    assert Group.objects.filter(owner=user).update(name="ada") == 1
    assert Group.objects.values_list("name", "description").get() == ("ada", "of Ada")


MOVING: dict[str, Callable[[Any, Any], Any]] = {
    "group": lambda owner, stranger: owner.auth_own_group.auth_memberships.add(
        stranger.auth_memberships.get()
    ),
    "user": lambda owner, stranger: stranger.auth_memberships.set([owner.auth_memberships.get()]),
}


@pytest.mark.parametrize("move", MOVING.values(), ids=MOVING)
def test_no_end_of_a_foreign_key_leads_into_anothers_own_group(
    move: Callable[[Any, Any], Any],
    user: Any,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
) -> None:
    auth.add_permission(user, "write", Post)
    stranger = make_user()
    make_group("team", stranger)

    with pytest.raises(ValidationError, match="somebody else"), transaction.atomic():
        move(user, stranger)

    assert not auth.has_permission("write", Post, user=stranger)


def test_a_membership_that_is_moved_by_a_foreign_key_is_told_of(
    user: Any, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    make_group("team", user)
    heir, events = make_user(), Event.objects.filter(name="membership_update")

    heir.auth_memberships.add(Membership.objects.get())

    assert events.get().data["user"] == str(heir.pk)
    assert not auth.has_membership("team", user=user)


def test_a_fixture_takes_no_own_group_from_its_owner(
    make_user: Callable[..., Any], tmp_path: Path
) -> None:
    ada = make_user(email="ada@example.com")
    auth.add_permission(ada, "root")
    name, key = ada.auth_own_group.name, ada.pk
    rows = [row for model in (Group, Membership, Permission) for row in model.objects.all()]
    names: dict[str, Any] = dict.fromkeys(
        ["use_natural_primary_keys", "use_natural_foreign_keys"], True
    )
    file = tmp_path / "groups.json"
    file.write_text(serializers.serialize("json", rows, **names))
    ada.delete()
    # As in another database, where the name of the group is that of somebody else's.
    bob = make_user(pk=key, email="bob@example.com")
    auth.add_permission(bob, "seed")
    assert bob.auth_own_group.name == name
    make_user(email="ada@example.com")

    with pytest.raises(ValidationError, match="owner from the start"):
        call_command("loaddata", str(file), verbosity=0)

    assert not auth.has_permission("root", user=bob)


@pytest.mark.parametrize("first", ["group", "membership"])
def test_a_fixture_puts_no_stranger_into_an_own_group(
    first: str, user: Any, make_user: Callable[..., Any], tmp_path: Path
) -> None:
    rows = [
        {"model": "authkit.group", "pk": 5, "fields": {"name": "own", "owner": user.pk}},
        {"model": "authkit.membership", "pk": 5, "fields": {"user": make_user().pk, "group": 5}},
    ]
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows if first == "group" else rows[::-1]))

    with pytest.raises(ValidationError, match="somebody else"):
        call_command("loaddata", str(file), verbosity=0)

    assert not Membership.objects.exists()
