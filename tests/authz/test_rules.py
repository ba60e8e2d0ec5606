"""Rules compose, print themselves, can be walked through and fail closed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

import authkit
from authkit import PermittedQuerySet, auth, rules
from authkit.authz.rule import Condition, as_rule
from authkit.models import Status
from tests.blog.models import Post

from .views import request_of

YES = as_rule(lambda request: True)
NO = as_rule(lambda request: False)


def broken(request: HttpRequest) -> bool:
    raise RuntimeError("broken")


async def waiting(request: HttpRequest) -> bool:
    return True


BROKEN = as_rule(broken)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (YES, True),
        (NO, False),
        (YES & YES, True),
        (YES & NO, False),
        (NO | YES, True),
        (NO | NO, False),
        (~NO, True),
        (~YES, False),
        (~(YES & NO) & (NO | YES), True),
        (BROKEN, False),
        (~BROKEN, False),
        (~~BROKEN, False),
        (BROKEN | YES, True),
        (YES | BROKEN, True),
        (~(BROKEN | NO), False),
        (~(NO | BROKEN), False),
        (~(BROKEN & YES), False),
        (~(BROKEN & NO), True),
        (~(NO & BROKEN), True),
    ],
    ids=str,
)
def test_rules_compose_and_what_raises_denies(rule: rules.Rule, expected: object) -> None:
    assert rule.holds(request_of()) is expected


@pytest.mark.parametrize(
    "answer", [None, 1, "yes", [1], object(), AnonymousUser(), rules.is_logged_in]
)
def test_a_condition_that_gives_no_bool_denies_also_when_negated(
    answer: object, caplog: pytest.LogCaptureFixture
) -> None:
    rule = as_rule(lambda request: answer)

    assert [rule.holds(request_of()), (~rule).holds(request_of())] == [False, False]
    assert len(caplog.records) == 2


def test_a_coroutine_that_nobody_awaits_denies(caplog: pytest.LogCaptureFixture) -> None:
    rule = as_rule(lambda request: waiting(request))

    assert [rule.holds(request_of()), (~rule).holds(request_of())] == [False, False]
    assert "gave coroutine" in caplog.text


def test_what_a_condition_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert not BROKEN.holds(request_of())

    (record,) = caplog.records
    assert (record.name, record.levelno) == ("authkit.authz", logging.ERROR)
    assert "RuntimeError: broken" in caplog.text


def test_what_is_not_needed_is_not_asked() -> None:
    asked: list[str] = []

    def note(name: str) -> Condition:
        return Condition(lambda request: asked.append(name) is None and name != "a")

    rule = (note("a") & note("b")) | note("c") | note("d")

    assert rule.holds(request_of())
    assert asked == ["a", "c"]


def named(request: HttpRequest) -> bool:
    return True


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (rules.is_logged_in, "is_logged_in"),
        (rules.is_staff, "is_staff"),
        (rules.is_superuser, "is_superuser"),
        (rules.anyone, "anyone"),
        (rules.has_membership("editors"), "has_membership('editors')"),
        (rules.has_permission("ban"), "has_permission('ban')"),
        (rules.has_permission("write", Post), "has_permission('write', blog.Post)"),
        (rules.has_permission("write", "blog.Post"), "has_permission('write', blog.Post)"),
        (
            rules.has_permission("write", Post, record="pk"),
            "has_permission('write', blog.Post, record='pk')",
        ),
        (rules.has_any_permission("read", Post), "has_any_permission('read', blog.Post)"),
        (rules.owns("author"), "owns('author')"),
        (rules.owns("author", Post), "owns('author', blog.Post)"),
        (rules.owns("author", Post, record="pk"), "owns('author', blog.Post, record='pk')"),
        (as_rule(named), "named"),
        (rules.is_staff | rules.is_superuser & named, "is_staff | is_superuser & named"),
        (
            (rules.is_staff | rules.is_superuser) & named,
            "(is_staff | is_superuser) & named",
        ),
        (~(rules.is_staff & named) | ~rules.anyone, "~(is_staff & named) | ~anyone"),
        (named & rules.is_staff & rules.anyone, "named & is_staff & anyone"),
        (named | rules.is_staff, "named | is_staff"),
    ],
    ids=str,
)
def test_a_rule_prints_itself(rule: rules.Rule, text: str) -> None:
    assert repr(rule) == text


def test_rules_are_the_same_if_their_parts_are() -> None:
    def rule() -> rules.Rule:
        return rules.is_staff & ~rules.has_membership("editors")

    assert len({rule(), rule()}) == 1
    either = rules.is_staff | ~rules.has_membership("editors")
    assert rule() not in {rules.is_staff, ~rule(), either}


def test_a_rule_can_be_walked_through() -> None:
    rule = ~rules.is_staff | (rules.is_logged_in & named)

    assert [repr(part) for part in rule.walk()] == [
        "~is_staff | is_logged_in & named",
        "~is_staff",
        "is_staff",
        "is_logged_in & named",
        "is_logged_in",
        "named",
    ]


@pytest.mark.parametrize("combine", [lambda a, b: a and b, lambda a, b: a or b, lambda a, b: not a])
def test_a_rule_in_a_boolean_expression_is_an_error(combine: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match=re.escape("& | ~")):
        combine(rules.is_logged_in, rules.is_staff)


@pytest.mark.parametrize("other", [None, True, "is_staff", 1, HttpRequest])
def test_what_is_no_rule_does_not_combine(other: Any) -> None:
    for combine in (
        lambda: rules.is_logged_in & other,
        lambda: rules.is_logged_in | other,
        lambda: other & rules.is_logged_in,
        lambda: other | rules.is_logged_in,
    ):
        with pytest.raises(TypeError):
            combine()


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


class ByMethod(rules.Rule):
    """A rule of a project's own."""

    def ask(self, access: rules.Access) -> bool:
        return bool(access.request.method == "GET" and not access.user.is_authenticated)


class Late(rules.Rule):
    """One whose answer would have to be awaited, though it does not say so."""

    async def ask(self, access: Any) -> bool:  # type: ignore[override]
        return True


def test_a_project_has_rules_of_its_own() -> None:
    assert (ByMethod() & rules.anyone).holds(request_of())
    assert not (~ByMethod()).holds(request_of())
    for rule in (rules.Rule(), Late()):
        assert [rule.holds(request_of()), (~rule).holds(request_of())] == [False, False]


@pytest.mark.django_db
def test_a_queryset_knows_what_is_permitted(user: Any) -> None:
    post, _other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "read", post)
    rows: PermittedQuerySet[Post] = PermittedQuerySet(Post)

    assert list(rows.permitted(user, "read")) == [post]
    assert list(rows.filter(title="x").permitted(user, "read")) == []
    assert list(rows.permitted(None, "read")) == []


def test_the_public_names_are_those_that_are_listed() -> None:
    assert {name for name in authkit.__all__ if getattr(authkit, name) is None} == set()
    assert set(authkit.__all__) == {"__version__", *authkit._PLACES}
    with pytest.raises(AttributeError, match="require"):
        authkit.require  # noqa: B018


def test_a_record_of_none_is_an_error_and_no_question_without_one(user: Any) -> None:
    auth.add_permission(user, "write")
    rule = rules.has_permission("write")
    assert rule.holds(request_of(user))
    with pytest.raises(ValueError, match="None is no record"):
        rule.holds(request_of(user), None)
