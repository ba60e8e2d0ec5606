"""Whose a record is, for one and for lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from authkit import auth, rules
from tests.blog.models import Picture, Post, Review

from .views import request_of

pytestmark = pytest.mark.django_db


def test_owning_gives_no_permission(user: Any) -> None:
    post = Post.objects.create(author=user)

    assert rules.owns("author").holds(request_of(user), post)
    assert not auth.has_permission("write", post, user=user)


def test_nobody_owns_what_has_no_owner(user: Any) -> None:
    post = Post.objects.create()

    assert not rules.owns("author").holds(request_of(user), post)
    assert not rules.owns("author").holds(request_of(), post)


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Post, "title"),
        (Post, "nothing"),
        (Post, "author__email"),
        (Post, "author__auth_memberships"),
        (Post, "picture__post__author"),
        (Post, "review__nothing"),
        (Picture, "post"),
        (Picture, "author"),
        (get_user_model(), "pk"),
    ],
)
def test_owning_by_what_is_no_key_to_a_user_denies_and_finds_nothing(
    model: Any, path: str, user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    post = Post.objects.create(author=user, title=str(user.pk))
    record = {Post: post, Picture: Picture(post=post)}.get(model, user)
    rule = rules.owns(path)

    assert [rule.holds(request_of(user), record), (~rule).holds(request_of(user), record)] == [
        False,
        False,
    ]
    assert "TypeError" in caplog.text
    for asked in (user, AnonymousUser()):
        with pytest.raises(TypeError, match=path):
            model.objects.filter(rule.q(asked))


def test_a_list_of_what_is_owned_can_be_negated_and_joined(user: Any, make_user: Any) -> None:
    own, other = (Post.objects.create(author=author) for author in (user, make_user()))
    nobodys = Post.objects.create()
    owns = rules.owns("author").q(user)
    pictures = [Picture.objects.create(post=post) for post in (own, other, nobodys, None)]
    of_post = rules.owns("post__author").q(user)

    def found(model: Any, *conditions: Any) -> set[Any]:
        return set(model.objects.filter(*conditions))

    assert found(Post, owns) == {own}
    assert found(Post, ~owns) == {other, nobodys}
    assert set(Post.objects.exclude(owns)) == {other, nobodys}
    assert found(Post, owns | Q(author=None)) == {own, nobodys}
    assert found(Picture, of_post) == {pictures[0]}
    assert found(Picture, ~of_post) == set(pictures[1:])
    assert found(Picture, Q(post__in=Post.objects.filter(owns))) == {pictures[0]}
    assert not found(Post, rules.owns("author").q(AnonymousUser()))


def test_the_owner_of_a_record_may_be_that_of_another(user: Any, make_user: Any) -> None:
    own = Picture.objects.create(post=Post.objects.create(author=user))
    other = Picture.objects.create(post=Post.objects.create(author=make_user()))
    rule = rules.owns("post__author")

    assert [rule.holds(request_of(user), each) for each in (own, other)] == [True, False]
    assert list(Picture.objects.filter(rule.q(user))) == [own]


def test_nobody_owns_what_lacks_the_other_side_of_the_path(user: Any) -> None:
    own = Review.objects.create(author=user).post_ptr
    rule = rules.owns("review__author")

    for post, owned in ((own, True), (Post.objects.create(author=user), False)):
        assert [rule.holds(request_of(user), post), (~rule).holds(request_of(user), post)] == [
            owned,
            not owned,
        ]


def test_a_list_ors_what_is_owned(user: Any, make_user: Any) -> None:
    own, permitted, _other = (
        Post.objects.create(author=author) for author in (user, make_user(), make_user())
    )
    auth.add_permission(user, "read", permitted)
    owns = rules.owns("author")

    rows = auth.permitted(Post, "read", user=user) | Post.objects.filter(owns.q(user))

    assert sorted(row.pk for row in rows) == [own.pk, permitted.pk]
    assert not Post.objects.filter(owns.q(AnonymousUser())).exists()
