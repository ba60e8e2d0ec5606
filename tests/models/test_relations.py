"""``user.auth_groups``, ``group.users`` and the two ``auth_permissions``, as they are read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.db.models import Prefetch
from django.template import Context, Template
from django.utils import timezone

from authkit.models import Group, Membership, Permission, User
from tests.blog.models import Post

PAST = timezone.now() - timedelta(days=1)
FUTURE = timezone.now() + timedelta(days=1)


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


def test_the_permissions_of_a_user_are_those_of_their_groups(
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
