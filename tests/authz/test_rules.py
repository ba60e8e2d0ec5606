"""The stock rules: who and what they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from authkit import auth, rules
from authkit.models import Status
from tests.blog.models import Post

from .views import request_of


@pytest.mark.parametrize(
    "make",
    [
        lambda: rules.has_permission("write", record="pk"),
        lambda: rules.has_permission("write", Post, record=5),
        lambda: rules.has_permission("write", None),
        lambda: rules.has_permission("write", Post()),
        lambda: rules.has_any_permission("write", 5),
        lambda: rules.owns("author", record="pk"),
    ],
)
def test_a_rule_that_cannot_be_asked_is_an_error(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: rules.has_permission(["read", "write"]), r"has_permission\("),  # type: ignore[arg-type]
        (lambda: rules.has_permission(Post), r"has_permission\("),  # type: ignore[arg-type]
        (lambda: rules.has_permission(""), r"has_permission\("),
        (lambda: rules.has_any_permission(Post, "read"), r"has_any_permission\("),  # type: ignore[arg-type]
        (lambda: rules.has_membership(["editors"]), r"has_membership\(group\)"),
        (lambda: rules.has_membership(None), r"has_membership\(group\)"),
        (lambda: rules.has_membership(1.0), r"has_membership\(group\)"),
        (lambda: rules.has_membership(Post()), r"has_membership\(group\)"),
        (lambda: rules.owns(Post), r"owns\("),  # type: ignore[arg-type]
        (lambda: rules.owns(["author"]), r"owns\("),  # type: ignore[arg-type]
    ],
)
def test_a_rule_with_other_arguments_says_what_to_write(make: Callable[[], Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        make()


@pytest.mark.django_db
@pytest.mark.parametrize("status", [None, *Status])
def test_only_active_users_fulfil_a_rule(
    status: Any, make_user: Any, make_group: Any, settings: Any
) -> None:
    user = AnonymousUser()
    if status is not None:
        user = make_user(status=status, is_staff=True, is_superuser=True)
        group = make_group("editors", user)
        auth.add_permission(group, "write", Post)
    request = request_of(user)
    asked = [
        rules.is_logged_in,
        rules.is_staff,
        rules.is_superuser,
        rules.has_membership("editors"),
        rules.has_permission("write", Post),
        rules.has_any_permission("write", Post),
    ]

    assert {rule.holds(request) for rule in asked} == {status == Status.ACTIVE}


@pytest.mark.django_db
def test_rules_ask_for_the_user_of_the_request(user: Any, make_user: Any, make_group: Any) -> None:
    group = make_group("editors", user)
    auth.add_permission(group, "ban")
    auth.add_permission(group, "write", Post, 5)
    stranger = make_user()

    for rule in (
        rules.has_membership("editors"),
        rules.has_membership(group),
        rules.has_membership(group.pk),
        rules.has_permission("ban"),
        rules.has_any_permission("write", "blog.Post"),
    ):
        assert [rule.holds(request_of(each)) for each in (user, stranger)] == [True, False]
    assert not rules.has_permission("write", Post).holds(request_of(user))
    assert not rules.has_membership("nobody").holds(request_of(user))


@pytest.mark.django_db
def test_a_rule_can_be_asked_for_a_record(user: Any, make_user: Any) -> None:
    own, other = Post.objects.create(author=user), Post.objects.create(author=make_user())
    auth.add_permission(user, "write", other)
    request = request_of(user)

    assert [rules.has_permission("write").holds(request, post) for post in (own, other)] == [
        False,
        True,
    ]
    assert [rules.owns("author").holds(request, post) for post in (own, other)] == [True, False]


@pytest.mark.django_db
def test_a_rule_can_be_asked_for_a_record_that_is_lazy(user: Any) -> None:
    request = request_of(user)
    auth.add_permission(user, "view", user)
    rule = rules.has_permission("view", type(user))

    assert rule.holds(request, SimpleLazyObject(lambda: user))
    assert not rule.holds(request, SimpleLazyObject(Post.objects.create))


@pytest.mark.django_db
def test_a_question_that_fails_denies(user: Any) -> None:
    request = request_of(user)
    for rule in (
        rules.has_permission("write", "blog.Nothing"),
        rules.has_permission("write", Post, record="pk"),
        rules.owns("author"),
    ):
        assert [rule.holds(request), (~rule).holds(request)] == [False, False]


def test_a_record_of_none_is_an_error_and_no_question_without_one(user: Any) -> None:
    auth.add_permission(user, "write")
    rule = rules.has_permission("write")
    assert rule.holds(request_of(user))
    with pytest.raises(ValueError, match="None is no record"):
        rule.holds(request_of(user), None)
