"""Commands: what they return, that they may be repeated, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authkit.models import Group, Membership, Permission, Status
from authkit.signals import row_changed
from tests.authz.conftest import Twins
from tests.blog.models import Post

pytestmark = pytest.mark.django_db

FRIDAY = datetime(2090, 1, 6, tzinfo=UTC)
PAST = datetime(2020, 1, 3, tzinfo=UTC)


def test_a_group_is_made_once_and_deleted_once(auth: Twins, user: Any) -> None:
    group = auth.create_group("admins", description="All of them.")
    auth.add_membership(group, user)
    auth.add_permission(group, "ban")

    assert (group.name, group.description) == ("admins", "All of them.")
    with pytest.raises(IntegrityError):
        auth.create_group("admins")
    pk = group.pk
    assert auth.delete_group(pk) == 1
    assert [auth.delete_group(gone) for gone in (pk, "admins", "nobody's")] == [0, 0, 0]
    assert Membership.objects.count() == Permission.objects.count() == 0
    assert not auth.has_permission("ban", user=user)


def test_a_copy_of_a_deleted_group_deletes_nothing(auth: Twins, group: Group) -> None:
    copy = Group.objects.get(pk=group.pk)

    assert [auth.delete_group(each) for each in (group, copy)] == [1, 0]


@pytest.mark.parametrize("user_as", [lambda user: user, lambda user: user.pk, lambda u: str(u.pk)])
@pytest.mark.parametrize("group_as", [lambda g: g, lambda g: g.pk, lambda g: g.name])
def test_a_membership_is_made_once_and_removed_once(
    auth: Twins, user: Any, make_group: Callable[..., Any], user_as: Any, group_as: Any
) -> None:
    group = make_group("readers")
    known = group_as(group), user_as(user)

    assert [auth.add_membership(*known) for _ in range(3)] == [Membership.objects.get()] * 3
    assert auth.has_membership(group_as(group), user=user_as(user))
    assert [auth.remove_membership(*known) for _ in range(2)] == [1, 0]
    assert not auth.has_membership(group_as(group), user=user_as(user))


EXPIRIES = [(None, True), (FRIDAY, True), (PAST, False)]


@pytest.mark.parametrize("first", EXPIRIES)
@pytest.mark.parametrize("second", EXPIRIES)
def test_the_last_expiry_of_a_membership_wins(
    auth: Twins, user: Any, group: Group, first: Any, second: Any
) -> None:
    auth.add_permission(group, "write", Post)
    post = Post.objects.create()
    for expires_at, holds in (first, second):
        assert auth.add_membership(group, user, expires_at=expires_at).expires_at == expires_at
        for known in (user, user.pk):
            assert auth.has_membership(group, user=known) == holds
            assert _answers(auth, post, user=known) == {holds}
        assert (user in auth.users_with("write", post)) == holds
        assert user.has_perm("blog.write_post") == holds
        assert user.has_module_perms("blog") == holds
        assert user.get_all_permissions() == ({"blog.write_post"} if holds else set())


@pytest.mark.parametrize("first", EXPIRIES)
@pytest.mark.parametrize("second", EXPIRIES)
@pytest.mark.parametrize("several", [False, True])
def test_the_last_expiry_of_a_grant_wins(
    auth: Twins, user: Any, group: Group, first: Any, second: Any, *, several: bool
) -> None:
    post = Post.objects.create()
    for expires_at, holds in (first, second):
        target = [post] if several else post
        made = auth.add_permission(group, "write", target, expires_at=expires_at)
        assert (made[0] if several else made).expires_at == expires_at
        for holder in ({"user": user}, {"user": user.pk}, {"group": group}):
            assert _answers(auth, post, **holder) == {holds}
        assert (user in auth.users_with("write", post)) == holds
        assert (group in auth.groups_with("write", post)) == holds
        assert user.has_perm("blog.write_post", post) == holds
        assert user.has_module_perms("blog") == holds
        assert user.get_all_permissions(post) == ({"blog.write_post"} if holds else set())
    assert Permission.objects.count() == 1


def _answers(auth: Twins, post: Post, **holder: Any) -> set[bool]:
    return {
        auth.has_permission("write", post, **holder),
        auth.has_any_permission("write", Post, **holder),
        auth.check_many("write", [post], **holder)["write", post.pk],
        post in auth.permitted(Post, "write", **holder),
        auth.explain("write", post, **holder).allowed,
    }


def test_what_expires_ends_by_itself(auth: Twins, user: Any, group: Group) -> None:
    soon = timezone.now() + timedelta(milliseconds=400)
    auth.add_permission(group, "write", expires_at=soon)
    known = [auth.has_permission("write", user=user)]
    while timezone.now() <= soon:
        pass

    assert [*known, auth.has_permission("write", user=user)] == [True, False]


def test_a_grant_is_made_once_and_revoked_once(auth: Twins, group: Group) -> None:
    for target in ((), (Post,), (Post, 5)):
        made = [auth.add_permission(group, "write", *target) for _ in range(3)]
        assert len({grant.pk for grant in made}) == 1
    assert auth.remove_permission(group, "write", Post, 6) == 0
    for target in ((), (Post,), (Post, 5)):
        assert [auth.remove_permission(group, "write", *target) for _ in range(2)] == [1, 0]


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("disable", Status.ACTIVE, Status.DISABLED),
        ("block", Status.ACTIVE, Status.BLOCKED),
        ("allow", Status.DISABLED, Status.ACTIVE),
        ("approve", Status.PENDING, Status.ACTIVE),
    ],
)
def test_a_status_changes(
    auth: Twins, make_user: Callable[..., Any], verb: str, before: Status, after: Status
) -> None:
    for known in (lambda user: user, lambda user: user.pk, lambda user: str(user.pk)):
        user = make_user(status=before)
        assert getattr(auth, f"{verb}_user")(known(user)) is None
        user.refresh_from_db()
        assert user.status == after


def test_an_own_right_is_one_of_the_own_group(auth: Twins, make_user: Callable[..., Any]) -> None:
    user, other = make_user(), make_user()
    assert auth.remove_permission(user, "write", Post) == 0
    assert Group.objects.count() == 0

    grant = auth.add_permission(user, "write", Post)
    auth.add_permission([user, other], "read", Post)

    assert grant.group.name == f"user_{user.pk}"
    assert auth.has_permission("write", Post, user=user)
    assert not auth.has_permission("write", Post, user=other)
    assert auth.has_permission("read", Post, user=other)
    assert auth.remove_permission(user, "write", Post) == 1
    assert not auth.has_permission("write", Post, user=user)


def test_a_group_that_is_only_named_like_an_own_group_is_not_taken_for_it(
    auth: Twins, make_user: Callable[..., Any]
) -> None:
    user, other = make_user(), make_user()
    auth.add_membership(auth.create_group(f"user_{user.pk}"), other)

    assert auth.add_permission(user, "write", Post).group == user.auth_own_group
    assert auth.has_permission("write", Post, user=user)
    assert not auth.has_permission("write", Post, user=other)
    assert not auth.has_membership(f"user_{user.pk}", user=user)


# The own group and the right are one change


@pytest.fixture
def _no_grants() -> Iterator[None]:
    """Nothing is granted: whoever hears of a grant raises."""

    def refuse(**kwargs: Any) -> None:
        raise RuntimeError("no grants today")

    row_changed.connect(refuse, sender=Permission)
    yield
    row_changed.disconnect(refuse, sender=Permission)


@pytest.mark.usefixtures("_no_grants")
@pytest.mark.parametrize("name", ["write", ["write"]])
def test_a_right_that_fails_leaves_no_own_group(auth: Twins, user: Any, name: Any) -> None:
    with pytest.raises(RuntimeError, match="no grants"):
        auth.add_permission(user, name, Post)

    assert Group.objects.count() == Membership.objects.count() == 0


def test_the_statements_of_an_own_right_are_counted(auth: Twins, user: Any) -> None:
    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            auth.add_permission(user, name, Post)
        return len(queries)

    auth.create_group("writers")
    auth.add_permission("writers", "warm", Post)
    assert [cost("write"), cost("read"), cost("read")] == [24, 12, 8]
