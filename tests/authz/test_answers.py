"""Whose rights are asked for: users of every kind, and groups."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from authkit.models import Status, get_group_model
from tests.authz.conftest import Twins
from tests.blog.models import Post

pytestmark = pytest.mark.django_db

NAME = "write"


@pytest.fixture
def post() -> Post:
    return Post.objects.create()


def answers(auth: Twins, post: Post, **holder: Any) -> set[bool]:
    """What all the ways to ask about one record answer."""
    return {
        auth.has_permission(NAME, post, **holder),
        auth.has_permission(NAME, Post, post.pk, **holder),
        auth.has_any_permission(NAME, Post, **holder),
        auth.check_many(NAME, [post], **holder)[NAME, post.pk],
        post in auth.permitted(Post, NAME, **holder),
        auth.explain(NAME, post, **holder).allowed,
    }


def test_only_active_users_are_answered_true(
    auth: Twins, make_user: Callable[..., Any], make_group: Callable[..., Any], post: Post
) -> None:
    users = {status: make_user(status=status) for status in Status}
    group = make_group("writers", *users.values())
    auth.add_permission(group, NAME, post)

    for status, user in users.items():
        allowed = status == Status.ACTIVE
        for known in (user, user.pk, str(user.pk)):
            assert answers(auth, post, user=known) == {allowed}
            assert auth.has_membership(group, user=known) == allowed
        assert user.has_perm("blog.write_post", post) == allowed
        assert user.has_perm("blog.write_post") is False
        assert user.has_module_perms("blog") == allowed
    assert [*auth.users_with(NAME, post)] == [users[Status.ACTIVE]]


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("bypass", [True, False])
def test_active_superusers_may_everything_while_the_bypass_is_on(
    auth: Twins,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    post: Post,
    settings: Any,
    status: Status,
    *,
    bypass: bool,
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "SUPERUSER_BYPASS": bypass}
    group = make_group("writers")
    user = make_user(is_superuser=True, status=status)
    allowed = bypass and status == Status.ACTIVE

    for known in (user, user.pk):
        assert answers(auth, post, user=known) == {allowed}
        assert auth.has_permission("publish", user=known) == allowed
        assert auth.has_membership(group, user=known) is False
        assert answers(auth, post, group=group) == {False}
    assert [*auth.users_with(NAME, post)] == [user] * allowed
    assert [*auth.users_with("publish")] == [user] * allowed
    assert user.has_perm("blog.write_post", post) == allowed
    assert user.has_perm("publish") == allowed
    assert user.has_module_perms("blog") == allowed


def test_a_superuser_below_the_rules_has_what_was_granted(
    auth: Twins, make_user: Callable[..., Any], make_group: Callable[..., Any], settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "SUPERUSER_BYPASS": False}
    user = make_user(is_superuser=True)
    auth.add_permission(make_group("writers", user), NAME, Post)

    for known in (user, user.pk):
        assert auth.has_permission(NAME, Post, user=known)
        assert not auth.has_permission("read", Post, user=known)
    assert user.has_perm("blog.write_post")
    assert not user.has_perm("blog.read_post")


def test_the_whole_list_comes_back_as_it_is_to_whoever_may_on_the_model(
    auth: Twins, make_user: Callable[..., Any], make_group: Callable[..., Any], post: Post
) -> None:
    member, superuser = make_user(), make_user(is_superuser=True)
    auth.add_permission(make_group("writers", member), NAME, Post)
    rows = Post.objects.order_by("title")

    for user in (member, superuser):
        assert str(auth.permitted(rows, NAME, user=user).query) == str(rows.query)


NOBODIES: dict[str, Callable[[Any], Any]] = {
    "None": lambda user: None,
    "anonymous": lambda user: AnonymousUser(),
    "a lazy anonymous": lambda user: SimpleLazyObject(AnonymousUser),
    "unsaved": lambda user: get_user_model()(email="new@example.com"),
    "unsaved with a key": lambda user: get_user_model()(pk=user.pk),
    "an unsaved superuser": lambda user: get_user_model()(is_superuser=True),
}


@pytest.mark.parametrize("kind", NOBODIES)
def test_nobody_may_anything(
    auth: Twins, user: Any, make_group: Callable[..., Any], post: Post, kind: str
) -> None:
    group = make_group("writers", user)
    auth.add_permission(group, NAME, Post)
    nobody = NOBODIES[kind](user)

    assert answers(auth, post, user=nobody) == {False}
    assert auth.has_membership(group, user=nobody) is False
    for command in (auth.add_membership, auth.remove_membership):
        with pytest.raises(ValueError, match="stored|Nobody"):
            command(group, nobody)
    for command in (auth.disable_user, auth.block_user, auth.allow_user, auth.approve_user):
        with pytest.raises(ValueError, match="stored|Nobody|whose"):
            command(nobody)


def test_a_deleted_user_may_nothing(
    auth: Twins, user: Any, make_group: Callable[..., Any], post: Post
) -> None:
    group = make_group("writers", user)
    auth.add_permission(group, NAME, Post)
    pk, copy = user.pk, get_user_model().objects.get(pk=user.pk)
    user.delete()

    for gone in (user, pk, copy):
        assert answers(auth, post, user=gone) == {False}
        assert auth.has_membership(group, user=gone) is False
    with pytest.raises(get_user_model().DoesNotExist):
        auth.add_membership(group, pk)
    with pytest.raises(ValueError, match="stored"):
        auth.add_membership(group, user)


@pytest.mark.parametrize("key", [0, -0, True, 5.0, "5 ", "05", "", "ann", b"5", uuid.UUID(int=5)])
def test_a_user_is_exactly_a_key(
    auth: Twins, make_group: Callable[..., Any], post: Post, key: Any
) -> None:
    group = make_group("writers")
    for question in (
        lambda: auth.has_permission(NAME, post, user=key),
        lambda: auth.has_any_permission(NAME, Post, user=key),
        lambda: auth.has_membership(group, user=key),
        lambda: auth.permitted(Post, NAME, user=key),
        lambda: auth.check_many(NAME, [post], user=key),
        lambda: auth.explain(NAME, post, user=key),
        lambda: auth.add_membership(group, key),
        lambda: auth.block_user(key),
    ):
        with pytest.raises(ValueError, match="no primary key"):
            question()


def test_a_user_is_no_other_record(
    auth: Twins, user: Any, make_group: Callable[..., Any], post: Post
) -> None:
    with pytest.raises(TypeError, match="A user is"):
        auth.has_permission(NAME, user=post)
    with pytest.raises(TypeError, match="A user is"):
        auth.add_membership(make_group(), post)
    with pytest.raises(TypeError, match="A group is"):
        auth.has_permission(NAME, group=post)
    for call in (
        lambda: auth.has_membership(post, user=user),
        lambda: auth.add_membership(post, user),
        lambda: auth.add_permission(post, NAME),
    ):
        with pytest.raises(TypeError, match="A group is"):
            call()


def test_a_question_is_about_a_user_or_a_group(
    auth: Twins, user: Any, make_group: Callable[..., Any], post: Post
) -> None:
    both = {"user": user, "group": make_group()}
    for question in (
        lambda: auth.has_permission(NAME, post, **both),
        lambda: auth.has_any_permission(NAME, Post, **both),
        lambda: auth.check_many(NAME, [post], **both),
        lambda: auth.permitted(Post, NAME, **both),
        lambda: auth.explain(NAME, post, **both),
    ):
        with pytest.raises(TypeError, match="not for both"):
            question()


def test_a_group_is_itself_its_key_or_its_name(
    auth: Twins, user: Any, make_group: Callable[..., Any], post: Post
) -> None:
    group = make_group("writers", user)
    for known in (group, group.pk, "writers"):
        assert auth.add_permission(known, NAME, post).group_id == group.pk
        assert answers(auth, post, group=known) == {True}
        assert auth.has_membership(known, user=user) is True
        assert auth.remove_permission(known, NAME, post) == 1
        assert answers(auth, post, group=known) == {False}


@pytest.mark.parametrize("group", [None, 77777, "Writers", "writers ", "", "a\0", "\ud800", "%s"])
def test_an_unknown_group_has_nothing(auth: Twins, user: Any, post: Post, group: Any) -> None:
    auth.add_permission(auth.create_group("writers"), NAME, Post)

    assert answers(auth, post, group=group) == {False}
    assert auth.has_membership(group, user=user) is False
    expected = ValueError if group is None else get_group_model().DoesNotExist
    for command in (
        lambda: auth.add_membership(group, user),
        lambda: auth.remove_membership(group, user),
        lambda: auth.add_permission(group, NAME),
        lambda: auth.add_permission([group], NAME),
        lambda: auth.remove_permission(group, NAME),
    ):
        with pytest.raises(expected):
            command()


def test_an_unsaved_or_deleted_group_has_nothing(auth: Twins, user: Any, post: Post) -> None:
    unsaved, deleted = get_group_model()(name="new"), auth.create_group("old")
    auth.add_permission(deleted, NAME, Post)
    pk = deleted.pk
    deleted.delete()

    for group in (unsaved, deleted, pk, "old"):
        assert answers(auth, post, group=group) == {False}
        assert auth.has_membership(group, user=user) is False
    for group in (unsaved, deleted):
        with pytest.raises(ValueError, match="stored"):
            auth.add_membership(group, user)
