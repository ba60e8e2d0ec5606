"""The backends grant rights, and only to active users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied

from authkit import auth
from authkit.models import Status, User
from tests.blog.models import Post, Review


class Granting:
    """A backend that knows one permission and refuses another for everybody."""

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        if perm == "blog.forbidden":
            raise PermissionDenied
        return perm == "blog.read" or (perm == "blog.write" and obj == "mine")

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        if app_label == "forbidden":
            raise PermissionDenied
        return app_label == "blog"

    def get_user_permissions(self, user: Any, obj: Any = None) -> set[str]:
        return {"blog.own"}

    def get_group_permissions(self, user: Any, obj: Any = None) -> set[str]:
        return {"blog.read"}

    def get_all_permissions(self, user: Any, obj: Any = None) -> set[str]:
        return {"blog.own", "blog.read"}


class Silent:
    """A backend that has nothing to say."""


def ask(user: User) -> list[bool]:
    return [
        user.has_perm("blog.read"),
        user.has_perm("blog.write", "mine"),  # type: ignore[arg-type]
        user.has_perm("blog.write"),
        user.has_perm("blog.forbidden"),
        user.has_perms(["blog.read", "blog.write"]),
        user.has_perms(["blog.read"]),
        user.has_module_perms("blog"),
        user.has_module_perms("shop"),
    ]


def aask(user: User) -> list[bool]:
    async def answers() -> list[bool]:
        return [
            await user.ahas_perm("blog.read"),
            await user.ahas_perm("blog.write", "mine"),  # type: ignore[arg-type]
            await user.ahas_perm("blog.write"),
            await user.ahas_perm("blog.forbidden"),
            await user.ahas_perms(["blog.read", "blog.write"]),
            await user.ahas_perms(["blog.read"]),
            await user.ahas_module_perms("blog"),
            await user.ahas_module_perms("shop"),
        ]

    return async_to_sync(answers)()


RIGHTS = [
    (Status.ACTIVE, False, [True, True, False, False, False, True, True, False]),
    (Status.ACTIVE, True, [True] * 8),
    *[(status, True, [False] * 8) for status in Status if status != Status.ACTIVE],
]


@pytest.mark.parametrize("question", [ask, aask])
@pytest.mark.parametrize(("status", "is_superuser", "answers"), RIGHTS)
def test_backends_grant_rights_to_active_users(
    settings: Any,
    status: Status,
    question: Callable[[User], list[bool]],
    *,
    is_superuser: bool,
    answers: list[bool],
) -> None:
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Silent", f"{__name__}.Granting"]
    active = status == Status.ACTIVE
    user = User(pk=1, status=status, is_active=active, is_superuser=is_superuser)
    user._state.adding = False

    assert question(user) == answers


def test_one_permission_is_no_list_of_them(user: User) -> None:
    with pytest.raises(TypeError, match="list"):
        user.has_perms("blog.read")


OURS = "authkit.backends.AuthkitBackend"
GRANTING = f"{__name__}.Granting"
PERMS = ["blog.read_post", "blog.write_post", "blog.write_review", "ban_users", "shop.buy_fruit"]


@pytest.fixture
def posts(user: User, make_group: Callable[..., Any]) -> list[Post]:
    """Two posts; the user may read all, write the first, and two things that are on no model."""
    group = make_group("writers", user)
    posts = [Post.objects.create(), Post.objects.create()]
    auth.add_permission(group, "read", Post)
    auth.add_permission(group, "write", posts[0])
    auth.add_permission(group, ["ban_users", "shop.buy_fruit"])
    return posts


def test_every_door_gives_the_answer_of_the_resolver(user: User, posts: list[Post]) -> None:
    first, second = posts
    table = {
        None: {"blog.read_post", "ban_users", "shop.buy_fruit"},
        first: {"blog.read_post", "blog.write_post"},
        second: {"blog.read_post"},
    }
    for obj, expected in table.items():
        assert {perm for perm in PERMS if user.has_perm(perm, obj)} == expected
        assert user.get_all_permissions(obj) == user.get_group_permissions(obj) == expected
        assert user.get_user_permissions(obj) == set()
    assert auth.has_permission("write", first, user=user)
    assert [user.has_module_perms(app) for app in ("blog", "shop", "sho", "ban_users")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("verb", ["block", "disable"])
def test_the_lists_of_an_account_without_access_are_empty(
    verb: str, user: User, posts: list[Post]
) -> None:
    getattr(user, verb)()
    for each in (user, User.objects.get(pk=user.pk)):
        assert [each.has_perm(perm) for perm in PERMS] == [False] * 5
        assert each.get_all_permissions() == each.get_group_permissions() == set()
        assert not each.has_module_perms("blog")


def test_a_status_counts_before_it_is_stored() -> None:
    user = User(pk=1, status=Status.BLOCKED, is_superuser=True)
    user._state.adding = False
    assert [user.has_perm("blog.read"), user.has_module_perms("blog")] == [False, False]
    assert not auth.has_permission("read", user=user)


@pytest.mark.django_db
def test_a_superuser_who_is_not_stored_bypasses_nothing() -> None:
    assert not User(is_superuser=True).has_perm("blog.read_post")
    assert not User(is_superuser=True).has_module_perms("blog")


@pytest.mark.parametrize("bypass", [True, False])
def test_a_superuser_needs_grants_where_the_project_says_so(
    settings: Any,
    make_user: Callable[..., User],
    *,
    bypass: bool,
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "SUPERUSER_BYPASS": bypass}
    root = make_user(is_superuser=True)
    auth.add_permission(root, "read", Post)
    perms = ["blog.read_post", "blog.write_post", "ban_users"]
    assert [root.has_perm(perm) for perm in perms] == [True, bypass, bypass]
    assert [root.has_module_perms(app) for app in ("blog", "shop")] == [True, bypass]
    assert root.get_all_permissions() == {"blog.read_post"}
    assert auth.has_permission("write", Post, user=root) == bypass


@pytest.mark.parametrize("backends", [[OURS, GRANTING], [GRANTING, OURS]])
def test_any_backend_may_grant_and_one_before_may_veto(
    settings: Any, backends: list[str], user: User, posts: list[Post]
) -> None:
    settings.AUTHENTICATION_BACKENDS = backends
    auth.add_permission(user, "blog.forbidden")
    ours_first = backends[0] == OURS
    assert [user.has_perm(perm) for perm in ("blog.read", "blog.read_post")] == [True, True]
    assert user.has_perm("blog.forbidden") == ours_first
    auth.add_permission(user, "forbidden.fruit")
    assert user.has_module_perms("forbidden") == ours_first
    assert user.get_user_permissions() == {"blog.own"}
    assert user.get_all_permissions() >= {"blog.own", "blog.read", "blog.read_post", "ban_users"}


def test_a_child_has_rights_of_its_own(user: User, posts: list[Post]) -> None:
    review = Review.objects.create()
    assert [user.has_perm(p, review) for p in ("blog.read_post", "blog.read_review")] == [
        False,
        False,
    ]


def test_the_lists_have_twins(user: User, posts: list[Post]) -> None:
    async def answers() -> list[set[str]]:
        return [
            await user.aget_all_permissions(posts[0]),
            await user.aget_group_permissions(posts[0]),
            await user.aget_user_permissions(posts[0]),
        ]

    rights = {"blog.read_post", "blog.write_post"}
    assert async_to_sync(answers)() == [rights, rights, set()]


@pytest.mark.parametrize("thing", ["a word", 5, Post(), Post], ids=str)
def test_what_is_no_stored_record_is_answered_no(thing: Any, user: Any, make_group: Any) -> None:
    auth.add_permission(make_group("writers", user), "write", Post)

    assert not user.has_perm("blog.write_post", thing)
    assert user.get_all_permissions(thing) == set()
