"""Rules compose, print themselves, can be walked through and fail closed."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from authkit import rules
from authkit.authz.rule import Condition, as_rule
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
