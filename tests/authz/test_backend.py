"""Django's own door, where third parties ask about anything."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from authkit import auth
from tests.authz.scene import cost
from tests.blog.models import Language, Picture, Post, Review

pytestmark = pytest.mark.django_db

FOUR = ["blog.add_post", "blog.change_post", "blog.delete_post", "blog.view_post"]


# Permission as Django spells it: whether the user has it at all, and on the post.
SPELLED = {
    "blog.change_post": (True, True),
    "blog.re_view_post": (True, True),
    "blog.change_draft": (True, True),
    "blog.view_post": (False, True),
    "blog.change_review": (False, False),
    "blog.publish": (True, False),
    "publish": (True, False),
    "shop.sell_car": (True, False),
    # A model of the app is named: it is the right "ban" on posts, not the capability.
    "blog.ban_post": (False, False),
    "x_": (True, False),
    "": (False, False),
    "blog.": (False, False),
    ".": (False, False),
    "_": (False, False),
    "blog._post": (False, False),
}


@pytest.fixture
def records(group: Any) -> SimpleNamespace:
    """A post and a review, with grants of every kind to the group."""
    post, review = Post.objects.create(), Review.objects.create()
    auth.add_permission(group, ["change", "re_view"], Post)
    auth.add_permission(group, "view", post)
    auth.add_permission(group, "delete", review)
    auth.add_permission(group, ["blog.publish", "publish", "shop.sell_car", "x_"])
    with pytest.warns(UserWarning, match="'blog.ban_post' is spelled as Django does"):
        auth.add_permission(group, "blog.ban_post")
    return SimpleNamespace(post=post, review=review)


@pytest.mark.parametrize(("perm", "answers"), SPELLED.items())
def test_a_permission_is_understood_as_django_spells_it(
    user: Any, records: SimpleNamespace, perm: str, answers: tuple[bool, bool]
) -> None:
    assert (user.has_perm(perm), user.has_perm(perm, records.post)) == answers


def test_all_permissions_are_those_that_hold(user: Any, records: SimpleNamespace) -> None:
    anywhere = {perm for perm, (holds, _on_post) in SPELLED.items() if holds}
    on_post = {perm for perm, (_holds, holds) in SPELLED.items() if holds}
    # A proxy has the rights of its model, which is listed for both.
    assert user.get_all_permissions() == anywhere - {"blog.change_draft"}
    assert user.get_all_permissions(records.post) == on_post - {"blog.change_draft"}
    assert user.has_perms(["publish", "blog.change_post"])


def test_a_right_on_a_child_is_none_of_its_parent(user: Any, records: SimpleNamespace) -> None:
    assert user.has_perm("blog.delete_review", records.review)
    assert not user.has_perm("blog.change_post", records.review)


@pytest.mark.parametrize(("app", "opens"), [("blog", True), ("shop", True), ("publish", False)])
def test_an_app_is_opened_by_what_holds_in_it(
    user: Any, records: SimpleNamespace, app: str, *, opens: bool
) -> None:
    assert user.has_module_perms(app) is opens


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


def test_a_list_looks_its_records_up_by_an_array_on_postgresql(user: Any, group: Any) -> None:
    """Where it reads every record instead, a page costs several times as much."""
    auth.add_permission(group, "read", Post.objects.create())
    rows = auth.permitted(Post, "read", user=user)
    sql, _params = rows.query.get_compiler(rows.db).as_sql()
    assert sql.count("= ANY (ARRAY(") == (2 if connection.vendor == "postgresql" else 0)
    assert rows.count() == 1
