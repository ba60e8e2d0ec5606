"""Slips that are easily made: each is an error that says what is wanted, or a warning."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import TextChoices
from django.utils.functional import SimpleLazyObject

from authkit.models import Group
from tests.authz.conftest import Twins
from tests.blog.models import Post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("several", [[], [5], (), get_user_model().objects.all(), {5}])
def test_a_user_is_one(auth: Twins, group: Group, several: Any) -> None:
    for call in (
        lambda: auth.has_permission("write", user=several),
        lambda: auth.permitted(Post, "write", user=several),
        lambda: auth.has_membership(group, user=several),
        lambda: auth.add_membership(group, several),
        lambda: auth.block_user(several),
    ):
        with pytest.raises(TypeError, match=r"A user is one authkit\.User or its key, not a "):
            call()


def test_an_address_is_no_user(auth: Twins, user: Any, group: Group) -> None:
    for call in (
        lambda: auth.has_permission("write", user=user.email),
        lambda: auth.add_membership(group, user.email),
        lambda: auth.block_user(user.email),
    ):
        with pytest.raises(ValueError, match="no primary key .* Pass the user or their key"):
            call()
    with pytest.raises(Group.DoesNotExist, match="no group 'user1@example.com'. For a person pass"):
        auth.add_permission(user.email, "write")


def test_a_user_is_no_group(auth: Twins, user: Any, group: Group) -> None:
    for nobody in (user, AnonymousUser(), SimpleLazyObject(AnonymousUser)):
        for call in (
            partial(auth.has_permission, "write", group=nobody),
            partial(auth.has_membership, nobody, user=user),
            partial(auth.add_membership, nobody, user),
            partial(auth.delete_group, nobody),
        ):
            with pytest.raises(TypeError, match="A group is .* and no user"):
                call()
    for nobody in (AnonymousUser(), SimpleLazyObject(AnonymousUser)):
        with pytest.raises(ValueError, match="Nobody is logged in"):
            auth.add_permission(nobody, "write")


@pytest.mark.parametrize("several", [["writers"], Group.objects.all(), {"writers": 1}])
def test_a_group_is_one_where_several_mean_nothing(auth: Twins, user: Any, several: Any) -> None:
    for call in (
        lambda: auth.has_permission("write", group=several),
        lambda: auth.has_membership(several, user=user),
        lambda: auth.add_membership(several, user),
    ):
        with pytest.raises(TypeError, match=r"A group is one authkit\.Group, its key or name"):
            call()


def test_what_is_unknown_is_named(auth: Twins, user: Any, group: Group) -> None:
    for unknown in ("wirters", 77777):
        for call in (
            partial(auth.add_membership, unknown, user),
            partial(auth.remove_membership, unknown, user),
            partial(auth.add_permission, unknown, "write"),
            partial(auth.remove_permission, unknown, "write"),
        ):
            with pytest.raises(Group.DoesNotExist, match=f"There is no group {unknown!r}"):
                call()
    for call in (partial(auth.add_membership, group), auth.block_user):
        with pytest.raises(get_user_model().DoesNotExist, match="no user with the key 77777"):
            call(77777)


def test_where_a_model_is_wanted_a_record_is_told_apart(
    auth: Twins, user: Any, group: Group
) -> None:
    post = Post.objects.create()
    for call in (
        lambda: auth.has_any_permission("write", post, user=user),
        lambda: auth.add_permission(group, "write", post, [post]),
    ):
        with pytest.raises(TypeError, match="Name the model or its label here, not a record"):
            call()


def test_an_error_about_many_records_reads_none_of_them(
    auth: Twins, user: Any, django_assert_num_queries: Any
) -> None:
    posts, people = Post.objects.all(), get_user_model().objects.all()
    with django_assert_num_queries(0):
        for call in (
            lambda: auth.has_permission("write", posts, user=user),
            lambda: auth.has_any_permission("write", posts, user=user),
            lambda: auth.has_permission("write", user=people),
        ):
            with pytest.raises(TypeError, match=r"not a (User)?QuerySet"):
                call()


@pytest.mark.parametrize("records", [Post, "blog.Post", 5, None])
def test_check_many_asks_for_many(auth: Twins, user: Any, records: Any) -> None:
    with pytest.raises(TypeError, match="a list or QuerySet of records"):
        auth.check_many(["write"], records, user=user)
    with pytest.raises(TypeError, match="a list or QuerySet of records"):
        auth.check_many(["write"], Post.objects.create(), user=user)
    with pytest.raises(TypeError, match="a list or QuerySet of records"):
        auth.check_many(["write"], [5], user=user)


NAMES: dict[str, Callable[[], Any]] = {
    "a list": lambda: ["read", "write"],
    "a generator": lambda: (name for name in ("read", "write")),
    "keys": lambda: {"read": 1, "write": 2}.keys(),
    "a dictionary": lambda: {"read": 1, "write": 2},
    "an iterator": lambda: iter(["read", "write"]),
    "choices": lambda: TextChoices("Right", {"READ": "read", "WRITE": "write"}),
}


@pytest.mark.parametrize("kind", NAMES)
def test_names_are_any_iterable(auth: Twins, user: Any, group: Group, kind: str) -> None:
    names, post = NAMES[kind], Post.objects.create()

    assert len(auth.add_permission(group, names(), post)) == 2
    assert auth.check_many(names(), [post], user=user) == {
        ("read", post.pk): True,
        ("write", post.pk): True,
    }
    assert auth.remove_permission(group, names(), post) == 2


def test_groups_and_targets_are_any_iterable(auth: Twins, make_group: Any) -> None:
    posts = [Post.objects.create(), Post.objects.create()]
    groups = {make_group("a"): 1, make_group("b"): 2}

    made = auth.add_permission(groups.keys(), "write", (post for post in posts))

    assert len(made) == 4
