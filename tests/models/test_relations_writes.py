"""Members and grants as they are written from a user or a group."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from authkit.models import Event, Group, Membership, Permission, User
from authkit.models.batches import MOST_KEYS
from authkit.models.targets import Target
from tests.blog.models import Post

PAST = timezone.now() - timedelta(days=1)
FUTURE = timezone.now() + timedelta(days=1)


def trail(events: Callable[[], list[str]], deed: Callable[[], Any]) -> list[str]:
    events()
    deed()
    return events()


def test_adding_and_removing_is_one_event(
    user: Any, make_user: Callable[..., Any], groups: list[Any], events: Callable[[], list[str]]
) -> None:
    admins, *rest = groups
    others = [make_user(), make_user().pk]
    deeds: list[tuple[Callable[[], Any], list[str], int]] = [
        (lambda: user.auth_groups.add(admins), ["membership_add"], 1),
        (lambda: user.auth_groups.add(admins.pk), [], 1),
        (lambda: user.auth_groups.add(*groups), ["membership_add"], 3),
        (lambda: user.auth_groups.add(), [], 3),
        (lambda: user.auth_groups.remove(*rest), ["membership_remove"], 1),
        (lambda: user.auth_groups.remove(admins), ["membership_remove"], 0),
        (lambda: user.auth_groups.remove(*groups), [], 0),
        (lambda: admins.users.add(user, *others), ["membership_add"], 3),
        (lambda: admins.users.remove(*others), ["membership_remove"], 1),
        (lambda: admins.users.clear(), ["membership_remove"], 0),
        (lambda: admins.users.clear(), [], 0),
    ]
    for deed, told, left in deeds:
        assert trail(events, deed) == told
        assert Membership.objects.count() == left


def test_the_event_of_several_names_them(user: Any, groups: list[Any]) -> None:
    user.auth_groups.add(*groups)
    user.auth_groups.clear()
    keys = [str(group.pk) for group in groups]
    for name in ("membership_add", "membership_remove"):
        data = Event.objects.get(name=name).data
        assert (data["count"], sorted(data["groups"]), data["users"]) == (3, keys, [str(user.pk)])


@pytest.mark.parametrize(
    ("change", "name", "names"),
    [
        (lambda group: group.auth_permissions.set(["b", "a"]), "permission_add", ["a", "b"]),
        (lambda group: group.auth_permissions.set(["kept"]), "permission_remove", ["x", "y"]),
        (lambda group: group.auth_permissions.clear(), "permission_remove", ["kept", "x", "y"]),
        (
            lambda group: Permission.objects.bulk_create(
                [Permission(group=group, name=name) for name in "ab"]
            ),
            "permission_add",
            ["a", "b"],
        ),
        (
            lambda group: Permission.objects.remove_each([group], ["x", "z"], [Target()]),
            "permission_remove",
            ["x"],
        ),
    ],
    ids=["set, new", "set, gone", "clear", "bulk_create", "remove_each"],
)
def test_the_event_of_several_grants_names_them(
    groups: list[Any], change: Callable[[Any], Any], name: str, names: list[str]
) -> None:
    group = groups[0]
    Permission.objects.add_each([group], ["x", "y", "kept"], [Target()])
    Event.objects.all()._raw_delete("default")

    change(group)

    data = Event.objects.get(name=name).data
    assert data == {"count": len(names), "groups": [str(group.pk)], "names": names}


def test_an_event_lists_no_more_than_so_many(groups: list[Any]) -> None:
    names = [f"right {number}" for number in range(MOST_KEYS + 1)]
    Permission.objects.add_each([groups[0]], names, [Target()])
    groups[0].auth_permissions.clear()
    for name in ("permission_add", "permission_remove"):
        data = Event.objects.get(name=name).data
        assert (data["count"], len(data["names"])) == (MOST_KEYS + 1, MOST_KEYS)


def test_removing_from_a_user_tells_how_many_memberships_went(user: Any, groups: list[Any]) -> None:
    user.auth_groups.add(*groups)
    assert user.auth_groups.remove(groups[0]) == 1
    assert user.auth_groups.remove(groups[0]) == 0
    assert user.auth_groups.clear() == 2


def test_the_last_end_holds(user: Any, groups: list[Any]) -> None:
    for several in (groups[:1], groups[1:]):
        user.auth_groups.add(*several, expires_at=FUTURE)
        user.auth_groups.add(*several)
        ends = Membership.objects.filter(group__in=several).values_list("expires_at", flat=True)
        assert set(ends) == {None}


def test_setting_leaves_exactly_these_and_their_ends(
    user: Any, groups: list[Any], events: Callable[[], list[str]]
) -> None:
    admins, editors, readers = groups
    user.auth_groups.add(admins, expires_at=FUTURE)
    user.auth_groups.add(editors)
    user.auth_groups.add(readers, expires_at=PAST)
    told = trail(events, lambda: user.auth_groups.set([admins, readers.pk]))
    assert sorted(told) == ["membership_remove", "membership_update"]
    assert list(user.auth_groups.all()) == [admins, readers]
    assert Membership.objects.get(group=admins).expires_at == FUTURE
    assert trail(events, lambda: user.auth_groups.set([admins, readers])) == []
    user.auth_groups.set([])
    assert not Membership.objects.exists()


@pytest.mark.parametrize("verb", ["add", "remove", "set"])
def test_what_is_no_row_of_the_model_is_refused(verb: str, user: Any, groups: list[Any]) -> None:
    for other, error in ((user, TypeError), (Group(name="new"), ValueError)):
        with pytest.raises(error):
            getattr(user.auth_groups, verb)(*([[other]] if verb == "set" else [other]))
    assert not Membership.objects.exists()


def test_nothing_is_made_that_would_be_related_to_nothing(user: Any) -> None:
    for name in ("create", "get_or_create", "update_or_create", "bulk_create", "acreate"):
        with pytest.raises(TypeError, match="Group.objects"):
            getattr(user.auth_groups, name)(name="new")


def test_a_relation_is_not_assigned_and_needs_a_saved_row(user: Any) -> None:
    with pytest.raises(TypeError, match="auth_groups.set"):
        user.auth_groups = []
    with pytest.raises(ValueError, match="saved"):
        _ = User().auth_groups


def test_grants_are_made_and_taken_back(groups: list[Any], events: Callable[[], list[str]]) -> None:
    admins = groups[0]
    post = Post.objects.create()
    deeds: list[tuple[Callable[[], Any], list[str], int]] = [
        (lambda: admins.auth_permissions.add("manage"), ["permission_add"], 1),
        (lambda: admins.auth_permissions.add("write", Post), ["permission_add"], 2),
        (lambda: admins.auth_permissions.add("write", post), ["permission_add"], 3),
        (lambda: admins.auth_permissions.add("write", post), [], 3),
        (lambda: admins.auth_permissions.remove("write", Post), ["permission_remove"], 2),
        (lambda: admins.auth_permissions.remove("write", Post), [], 2),
        (
            lambda: admins.auth_permissions.set(["manage", ("read", Post), ("edit", post)]),
            ["permission_remove", "permission_add"],
            3,
        ),
        (lambda: admins.auth_permissions.set(["manage", ("read", Post), ("edit", post)]), [], 3),
        (lambda: admins.auth_permissions.clear(), ["permission_remove"], 0),
    ]
    Permission.objects.add(groups[1], "write", Post)
    for deed, told, left in deeds:
        assert trail(events, deed) == told
        assert Permission.objects.filter(group=admins).count() == left
    assert groups[1].auth_permissions.count() == 1


def test_an_expired_grant_is_not_there_until_it_is_given_anew(groups: list[Any]) -> None:
    grants = groups[0].auth_permissions
    grants.add("write", Post, expires_at=PAST)
    assert not grants.exists()
    grants.add("write", Post)
    assert grants.get().expires_at is None
    grants.add("write", Post, expires_at=PAST)
    grants.set([("write", Post)], expires_at=FUTURE)
    assert grants.get().expires_at == FUTURE
    assert Permission.objects.count() == 1


def test_a_grant_names_a_right(groups: list[Any]) -> None:
    with pytest.raises(TypeError, match="name of a permission"):
        groups[0].auth_permissions.add(Permission(group=groups[0], name="write"))


@pytest.mark.parametrize("key", [True, 1.0, "1 ", "01", None])
def test_what_is_not_exactly_a_key_is_refused(key: Any, user: Any, groups: list[Any]) -> None:
    with pytest.raises(ValueError, match="no primary key"):
        user.auth_groups.add(key)
    assert not user.auth_memberships.exists()
