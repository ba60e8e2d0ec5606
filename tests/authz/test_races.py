"""What happens at the same instant, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import connections

from authkit import auth
from authkit.models import Group, Membership, Permission
from tests.blog.models import Post

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 20
FRIDAY = datetime(2090, 1, 6, tzinfo=UTC)


@pytest.fixture
def group(make_group: Callable[..., Any]) -> Any:
    return make_group("writers")


ENDS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "grant": (
        lambda user: auth.add_permission("writers", "write", Post),
        lambda user: auth.remove_permission("writers", "write", Post),
    ),
    "membership": (
        lambda user: auth.add_membership("writers", user),
        lambda user: auth.remove_membership("writers", user),
    ),
    "status": (lambda user: auth.allow_user(user.pk), lambda user: auth.block_user(user.pk)),
}


@pytest.mark.parametrize("kind", ENDS)
def test_no_check_after_a_revoke_says_yes(user: Any, group: Group, kind: str) -> None:
    Post.objects.create()
    auth.add_permission(group, "write", Post)
    auth.add_membership(group, user)
    give, take = ENDS[kind]
    taken, checked, over = Event(), Event(), Event()
    wrong: list[Any] = []

    def check() -> None:
        try:
            while not over.is_set():
                if not taken.wait(0.01):
                    auth.has_permission("write", Post, user=user.pk)
                    continue
                wrong.append(auth.has_permission("write", Post, 5, user=user.pk))
                wrong.append(auth.permitted(Post, "write", user=user.pk).exists())
                taken.clear()
                checked.set()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        checking = pool.submit(check)
        try:
            for _ in range(40):
                take(user)
                checked.clear()
                taken.set()
                assert checked.wait(20)
                give(user)
        finally:
            over.set()
        checking.result(20)
    assert wrong == [False] * 80
    assert auth.has_permission("write", Post, user=user.pk)


ADDS: dict[str, Callable[[Any, Any, int], Any]] = {
    "grant": lambda group, user, i: auth.add_permission(group, "write", Post, 5),
    "grant with an end": lambda group, user, i: auth.add_permission(
        group, "write", Post, 5, expires_at=[None, FRIDAY][i % 2]
    ),
    "own grant": lambda group, user, i: auth.add_permission(user, "write", Post),
    "membership": lambda group, user, i: auth.add_membership(group, user),
    "membership with an end": lambda group, user, i: auth.add_membership(
        group, user, expires_at=[None, FRIDAY][i % 2]
    ),
}


@pytest.mark.parametrize("kind", ADDS)
def test_what_many_add_at_once_is_there_once(
    group: Group, user: Any, together: Callable[..., list[Any]], kind: str
) -> None:
    results = together(*[partial(ADDS[kind], group, user, number) for number in range(CROWD)])

    assert {type(result) for result in results} <= {Permission, Membership}, results
    assert len({result.pk for result in results}) == 1
    assert Permission.objects.count() + Membership.objects.count() == (
        2 if kind == "own grant" else 1
    )


def test_many_bulk_grants_in_any_order_are_there_once(
    make_group: Callable[..., Any], together: Callable[..., list[Any]]
) -> None:
    groups = [make_group(), make_group()]
    posts = Post.objects.bulk_create([Post(pk=number) for number in range(1, 31)])

    def add(number: int) -> Any:
        names, targets = ["read", "write"], posts[number:] + posts[:number]
        turned = number % 2
        return auth.add_permission(
            groups[:: -1 if turned else 1], names[:: -1 if turned else 1], targets
        )

    results = together(*[partial(add, number) for number in range(CROWD)])

    assert [type(result) for result in results] == [list] * CROWD, results
    assert Permission.objects.count() == 120
    assert {row.pk for row in results[0]} == {*Permission.objects.values_list("pk", flat=True)}


def test_grants_and_revokes_in_bulk_do_not_wait_for_each_other(
    group: Group, together: Callable[..., list[Any]]
) -> None:
    posts = Post.objects.bulk_create([Post(pk=number) for number in range(1, 31)])
    add = partial(auth.add_permission, group, ["read", "write"], posts)
    remove = partial(auth.remove_permission, group, ["write", "read"], posts[::-1])

    results = together(*[add, remove] * (CROWD // 2))

    assert {type(result) for result in results} == {list, int}, results


@pytest.mark.parametrize("kind", ["grant", "membership", "bulk"])
def test_beside_a_deleted_group_nothing_is_left(
    user: Any, together: Callable[..., list[Any]], kind: str
) -> None:
    adds: dict[str, Callable[[Any], Any]] = {
        "grant": lambda group: auth.add_permission(group, "write", Post),
        "membership": lambda group: auth.add_membership(group, user),
        "bulk": lambda group: auth.add_permission([group], ["read", "write"], Post),
    }
    for number in range(8):
        group = auth.create_group(f"group {number}")
        delete = partial(auth.delete_group, group.pk)

        together(*[partial(adds[kind], group)] * 4, delete, delete)

        assert not Group.objects.filter(pk=group.pk).exists()
        assert not Permission.objects.filter(group=group.pk).exists()
        assert not Membership.objects.filter(group=group.pk).exists()
