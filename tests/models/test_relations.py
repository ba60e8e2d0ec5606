"""``user.auth_groups``, ``group.users`` and the two ``auth_permissions``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db.models import Prefetch
from django.template import Context, Template
from django.utils import timezone

from authkit.models import Event, Group, Membership, Permission, User
from authkit.models.batches import MOST_KEYS
from authkit.models.targets import Target
from tests.blog.models import Post

PAST = timezone.now() - timedelta(days=1)
FUTURE = timezone.now() + timedelta(days=1)


@pytest.fixture
def groups(make_group: Callable[..., Any]) -> list[Any]:
    return [make_group("admins"), make_group("editors"), make_group("readers")]


def trail(events: Callable[[], list[str]], deed: Callable[[], Any]) -> list[str]:
    events()
    deed()
    return events()


# Reading


def test_only_memberships_in_force_count(user: Any, groups: list[Any]) -> None:
    admins, editors, readers = groups
    Membership.objects.add(admins, user)
    Membership.objects.add(editors, user, expires_at=FUTURE)
    Membership.objects.add(readers, user, expires_at=PAST)
    assert list(user.auth_groups.all()) == [admins, editors]
    assert [list(group.users.all()) for group in groups] == [[user], [user], []]


def test_a_member_is_one_whatever_the_status(user: Any, groups: list[Any]) -> None:
    groups[0].users.add(user)
    user.block()
    assert groups[0].users.get() == user


def test_the_rows_are_queried_like_any(
    user: Any, groups: list[Any], django_assert_num_queries: Any
) -> None:
    user.auth_groups.add(*groups)
    for ask in (
        lambda: list(user.auth_groups.filter(name__startswith="e")),
        lambda: user.auth_groups.count(),
        lambda: user.auth_groups.get(name="admins"),
        lambda: list(groups[0].users.values_list("email")),
        lambda: list(user.auth_permissions.order_by("name")),
        lambda: groups[0].auth_permissions.exists(),
    ):
        with django_assert_num_queries(1):
            ask()
    assert list(User.objects.filter(auth_memberships__group=groups[0])) == [user]


def test_the_permissions_of_a_user_are_those_of_the_groups_he_is_in(
    user: Any, make_user: Callable[..., Any], groups: list[Any]
) -> None:
    admins, editors, readers = groups
    user.auth_groups.add(admins)
    Membership.objects.add(editors, user, expires_at=PAST)
    readers.users.add(make_user())
    Permission.objects.add(admins, "manage")
    Permission.objects.add(admins, "write", Post)
    Permission.objects.add(admins, "publish", expires_at=PAST)
    Permission.objects.add(editors, "edit")
    Permission.objects.add(readers, "read")
    assert {grant.name for grant in user.auth_permissions.all()} == {"manage", "write"}
    assert not hasattr(user.auth_permissions, "add")


# Prefetching


def test_prefetching_asks_once_for_all(
    make_user: Callable[..., Any], groups: list[Any], django_assert_num_queries: Any
) -> None:
    users = [make_user(), make_user()]
    admins, editors, readers = groups
    admins.users.add(*users)
    editors.users.add(users[1])
    Membership.objects.add(readers, users[0], expires_at=PAST)
    Permission.objects.add(admins, "manage")
    Permission.objects.add(editors, "edit")
    Permission.objects.add(editors, "former", expires_at=PAST)
    with django_assert_num_queries(3):
        rows = User.objects.order_by("pk").prefetch_related("auth_groups", "auth_permissions")
        found = [
            (
                [group.name for group in row.auth_groups.all()],
                sorted(grant.name for grant in row.auth_permissions.all()),
            )
            for row in rows
        ]
    assert found == [(["admins"], ["manage"]), (["admins", "editors"], ["edit", "manage"])]
    with django_assert_num_queries(3):
        rows = Group.objects.prefetch_related("users", "auth_permissions")
        named = [
            (len(row.users.all()), [grant.name for grant in row.auth_permissions.all()])
            for row in rows
        ]
    assert named == [(2, ["manage"]), (1, ["edit"]), (0, [])]


def test_prefetching_goes_on_and_takes_a_queryset_of_ones_own(
    make_user: Callable[..., Any], groups: list[Any], django_assert_num_queries: Any
) -> None:
    users = [make_user(), make_user()]
    groups[0].users.add(*users)
    groups[1].users.add(users[0])
    Permission.objects.add(groups[0], "manage")
    own = Group.objects.filter(auth_memberships__user=users[1]).order_by("-name")
    with django_assert_num_queries(3):
        rows = User.objects.order_by("pk").prefetch_related(
            Prefetch("auth_groups", own, to_attr="shared"), "shared__auth_permissions"
        )
        found = [
            [(group.name, [g.name for g in group.auth_permissions.all()]) for group in row.shared]
            for row in rows
        ]
    assert found == [[("admins", ["manage"])]] * 2


def test_what_was_prefetched_is_forgotten_on_a_change(user: Any, groups: list[Any]) -> None:
    user.auth_groups.add(groups[0])
    loaded = User.objects.prefetch_related("auth_groups").get()
    loaded.auth_groups.add(groups[1])
    assert loaded.auth_groups.count() == 2
    group = Group.objects.prefetch_related("auth_permissions").get(pk=groups[0].pk)
    group.auth_permissions.add("write")
    assert group.auth_permissions.count() == 1


# Writing members


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


def test_removing_tells_the_count(user: Any, groups: list[Any]) -> None:
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


# Writing grants


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


# Elsewhere


def test_the_verbs_have_twins(user: Any, groups: list[Any]) -> None:
    admins, editors, _readers = groups

    async def deeds() -> list[Any]:
        await user.auth_groups.aadd(admins)
        await user.auth_groups.aset([admins, editors])
        await admins.auth_permissions.aadd("write")
        await admins.auth_permissions.aset(["read"])
        names = [group.name async for group in user.auth_groups.all()]
        return [
            names,
            await user.auth_permissions.acount(),
            await user.auth_groups.aremove(editors),
            await user.auth_groups.aclear(),
            await admins.auth_permissions.aremove("read"),
            await admins.auth_permissions.aclear(),
        ]

    assert async_to_sync(deeds)() == [["admins", "editors"], 1, 1, 1, 1, 0]


def test_a_template_reads_and_never_writes(user: Any, groups: list[Any]) -> None:
    user.auth_groups.add(*groups)
    listed = "{% for group in user.auth_groups.all %}{{ group }} {% endfor %}"
    template = Template(listed + "{{ user.auth_groups.clear }}")
    assert template.render(Context({"user": user})) == "admins editors readers "
    assert user.auth_groups.count() == 3


@pytest.mark.parametrize("key", [True, 1.0, "1 ", "01", None])
def test_what_is_not_exactly_a_key_is_refused(key: Any, user: Any, groups: list[Any]) -> None:
    with pytest.raises(ValueError, match="no primary key"):
        user.auth_groups.add(key)
    assert not user.auth_memberships.exists()
