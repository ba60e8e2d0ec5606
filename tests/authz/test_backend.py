"""Django's own door, where third parties ask about anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from authkit import auth
from tests.authz.scene import cost
from tests.blog.models import Language, Picture, Post

pytestmark = pytest.mark.django_db

FOUR = ["blog.add_post", "blog.change_post", "blog.delete_post", "blog.view_post"]


def test_the_four_rights_of_django_cost_one_statement_in_a_request(
    user: Any, group: Any, serving: Callable[..., Any]
) -> None:
    post = Post.objects.create()
    auth.add_permission(group, "view", Post)
    auth.add_permission(group, "change", post)
    with serving(user):
        answers: dict[Any, bool] = {}
        assert cost(lambda: answers.update({p: user.has_perm(p) for p in FOUR})) == 1
        assert answers == {perm: perm == "blog.view_post" for perm in FOUR}
        assert cost(lambda: answers.update({p: user.has_perm(p, post) for p in FOUR})) == 1
        assert answers == {p: p in {"blog.view_post", "blog.change_post"} for p in FOUR}


def test_a_right_of_another_name_is_asked_alone(
    user: Any, group: Any, serving: Callable[..., Any]
) -> None:
    auth.add_permission(group, "publish", Post)
    with serving(user):
        assert cost(lambda: user.has_perm("blog.publish_post")) == 1
        assert user.has_perm("blog.publish_post")
        assert not user.has_perm("blog.view_post")


def test_a_record_without_a_key_of_ours_is_asked_as_its_model(user: Any, group: Any) -> None:
    language = Language.objects.create(code="en")
    assert not user.has_perm("blog.change_language", language)
    assert user.get_all_permissions(language) == set()
    auth.add_permission(group, "change", Language)
    assert user.has_perm("blog.change_language", language)
    assert user.get_all_permissions(language) == {"blog.change_language"}


@pytest.mark.parametrize(
    "odd",
    [0, "post", Post, object(), Post(), Post(pk=0)],
    ids=["0", "text", "model", "object", "unsaved", "unsaved 0"],
)
def test_what_is_no_record_is_no_error(user: Any, group: Any, odd: Any) -> None:
    auth.add_permission(group, "change", Post)
    assert not user.has_perm("blog.change_post", odd)
    assert user.get_all_permissions(odd) == set()


def test_a_record_with_the_key_0_is_no_error(user: Any, group: Any) -> None:
    nought = Post(pk=0)
    nought._state.adding = False
    auth.add_permission(group, "change", Post)
    assert not user.has_perm("blog.change_post", nought)
    assert user.get_all_permissions(nought) == set()


def test_a_record_of_another_model_is_not_meant(user: Any, group: Any) -> None:
    picture = Picture.objects.create()
    auth.add_permission(group, "change", Post)
    assert not user.has_perm("blog.change_post", picture)


def test_a_list_of_other_keys_is_all_or_nothing(user: Any, group: Any) -> None:
    Language.objects.create(code="en")
    assert not auth.permitted(Language, "read", user=user).exists()
    auth.add_permission(group, "read", Language)
    assert auth.permitted(Language, "read", user=user).exists()


def test_an_app_is_asked_once_in_a_request(
    user: Any, group: Any, serving: Callable[..., Any]
) -> None:
    auth.add_permission(group, "read", Post, Post.objects.create().pk)
    assert user.has_module_perms("blog")  # the process knows the content types from now on
    with serving(user):
        assert cost(lambda: user.has_module_perms("blog")) == 1
        assert cost(lambda: user.has_module_perms("blog")) == 0
        assert user.has_module_perms("blog")
        assert not user.has_module_perms("authkit")


@pytest.mark.parametrize(
    ("capability", "holds"),
    [("blog.zap", True), ("blog", False), ("blogs.zap", False), ("zap", False)],
)
def test_a_capability_spelled_like_a_right_of_the_app_opens_it(
    user: Any, group: Any, capability: str, *, holds: bool
) -> None:
    auth.add_permission(group, capability)
    assert user.has_module_perms("blog") is holds
