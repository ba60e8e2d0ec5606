"""Lists, explanations, and what is told of the unknown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.functional import SimpleLazyObject

from tests.authz.conftest import Twins
from tests.blog.models import Draft, Picture, Post

pytestmark = pytest.mark.django_db


def test_lists_are_querysets(auth: Twins, user: Any, group: Any) -> None:
    first, second, third = (Post.objects.create(title=title) for title in "abc")
    auth.add_permission(group, "write", [first, second])
    rows = Post.objects.exclude(pk=first.pk)

    for given in (rows, rows.all()):
        found = auth.permitted(given, "write", user=user)
        assert [*found.order_by("-title").values_list("title", flat=True)] == ["b"]
    assert auth.permitted(Post.objects, "write", user=user).count() == 2
    assert auth.permitted(Post, "write", user=user).exclude(pk=first.pk).get() == second
    assert auth.permitted(Post, "write", user=user).filter(pk=third.pk).exists() is False
    assert auth.users_with("write", first).filter(pk=user.pk).exists()
    assert auth.groups_with("write", first).filter(name__startswith="w").count() == 1
    assert not auth.groups_with("write", third).exists()


def test_a_list_of_a_list_is_one_query(
    auth: Twins, user: Any, group: Any, django_assert_num_queries: Any
) -> None:
    post = Post.objects.create()
    picture = Picture.objects.create(post=post)
    auth.add_permission(group, "write", post)
    auth.add_permission(group, "show", picture)
    posts = auth.permitted(Post, "write", user=user)
    pictures = auth.permitted(Picture.objects.filter(post__in=posts), "show", user=user)

    with django_assert_num_queries(1):
        assert [*pictures] == [picture]


def test_check_many_answers_for_each_name_and_key(auth: Twins, user: Any, group: Any) -> None:
    posts = [Post.objects.create() for _ in range(3)]
    auth.add_permission(group, "write", posts[0])
    auth.add_permission(group, "read", Post)

    for records in (posts, tuple(posts), Post.objects.all(), Post.objects, Draft.objects.all()):
        assert auth.check_many(["read", "write", "none", "\0"], records, user=user) == {
            **{("read", post.pk): True for post in posts},
            **{("write", post.pk): post == posts[0] for post in posts},
            **{("none", post.pk): False for post in posts},
            **{("\0", post.pk): False for post in posts},
        }
    assert auth.check_many("write", posts, group=group) == {
        ("write", post.pk): post == posts[0] for post in posts
    }


def test_check_many_answers_for_uuids_and_for_more_than_one_statement_takes(
    auth: Twins, user: Any, group: Any
) -> None:
    pictures = Picture.objects.bulk_create([Picture() for _ in range(1500)])
    auth.add_permission(group, "show", pictures[::3])

    answers = auth.check_many("show", pictures, user=user)

    assert answers == {("show", pic.pk): not number % 3 for number, pic in enumerate(pictures)}


def test_a_decision_tells_what_it_rests_on(
    auth: Twins, user: Any, group: Any, make_group: Callable[..., Any], make_user: Any
) -> None:
    post = Post.objects.create()
    editors = make_group("editors")
    grant = auth.add_permission(group, "write", post)
    auth.add_permission(editors, "publish")

    yes = auth.explain("write", post, user=user)
    assert (bool(yes), [reason.permission for reason in yes.because]) == (True, [grant])
    assert str(yes.because[0]) == f"the group writers has 'write' on blog.post {post.pk}"
    superuser = auth.explain("write", post, user=make_user(is_superuser=True))
    assert str(superuser.because[0]) == "an active superuser may do everything"


def test_what_is_unknown_is_logged_where_somebody_listens(
    auth: Twins, user: Any, group: Any, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    with caplog.at_level(logging.DEBUG, "authkit.authz"):
        auth.has_permission("wirte", Post, user=user)
        auth.has_membership("wirters", user=user)
        auth.has_permission("write", group=77777)

    assert caplog.messages == [
        "No group has a permission 'wirte'.",
        "There is no group 'wirters'.",
        "There is no group 77777.",
        "No group has a permission 'write'.",
    ]


@pytest.mark.parametrize("granted", ["model", "record"])
def test_a_list_that_cannot_be_narrowed_is_refused_for_everybody(
    auth: Twins, user: Any, group: Any, granted: str
) -> None:
    post = Post.objects.create()
    auth.add_permission(group, "write", Post if granted == "model" else post)

    for rows in (Post.objects.all()[:5], Post.objects.all().union(Post.objects.all())):
        with pytest.raises(TypeError, match="before a list is sliced or combined"):
            auth.permitted(rows, "write", user=user)


def test_a_lazy_record_is_what_it_stands_for(auth: Twins, user: Any, group: Any) -> None:
    post = Post.objects.create()
    lazy: Any = SimpleLazyObject(lambda: Post.objects.get(pk=post.pk))
    person: Any = SimpleLazyObject(lambda: user)
    auth.add_permission(group, "write", lazy)
    auth.add_permission(group, "change", person)

    assert auth.has_permission("write", lazy, user=person)
    assert auth.check_many("write", [lazy], user=person) == {("write", post.pk): True}
    assert user.has_perm("authkit.change_user", person)
