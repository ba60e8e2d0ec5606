"""What a template can ask."""

from __future__ import annotations

import re
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from authkit import auth, requires, rules
from authkit.context import current_request
from tests.authz.views import in_coroutine
from tests.blog.models import Picture, Post

pytestmark = pytest.mark.django_db


def shown(text: str, user: Any = None, **context: Any) -> str:
    """The text of a page for *user*."""
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    return Template("{% load authkit %}" + text).render(RequestContext(request, context))


ASK = "{% has_permission 'write' post as may %}{{ may }}"


def test_a_record_is_asked_for(user: Any, make_user: Any) -> None:
    post, other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "write", post)

    assert [
        shown(ASK, user, post=post),
        shown(ASK, user, post=other),
        shown(ASK, make_user(), post=post),
        shown(ASK, post=post),
    ] == ["True", "False", "False", "False"]


def test_a_model_and_a_capability_are_asked_for(user: Any) -> None:
    text = "{% has_permission 'write' 'blog.Post' %} {% has_permission 'report' %}"
    assert shown(text, user) == "False False"

    auth.add_permission(user, "write", Post)
    auth.add_permission(user, "report")

    assert shown(text, user) == "True True"


@pytest.mark.parametrize("target", [None, "", "blog.Nothing", 5, Post()], ids=repr)
def test_what_cannot_be_asked_is_answered_false(
    target: Any, make_user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert shown(ASK, make_user(is_superuser=True), post=target) == "False"
    assert "could not be asked" in caplog.text


def test_a_template_without_a_request_is_for_nobody() -> None:
    post = Post.objects.create()
    text = ASK + "{% check_permissions posts 'write' as rows %}{{ rows.0.1.write }}"
    template = Template("{% load authkit %}" + text + "{% holds rule as it %}{{ it }}")

    assert template.render(Context({"post": post, "posts": [post], "rule": rules.anyone})) == (
        "FalseFalseFalse"
    )


LIST = (
    "{% check_permissions posts 'read' 'write' as rows %}"
    "{% for post, may in rows %}{{ post.title }}:{{ may.read }}:{{ may.write }} {% endfor %}"
)


def test_a_list_is_asked_for_at_once(user: Any, django_assert_num_queries: Any) -> None:
    posts = [Post.objects.create(title=str(number)) for number in range(20)]
    auth.add_permission(user, "read", posts[:3])
    auth.add_permission(user, "write", posts[1])
    rows = Post.objects.order_by("pk")

    # The list and the answers
    with django_assert_num_queries(2):
        text = shown(LIST, user, posts=rows)

    assert text.split()[:4] == ["0:True:False", "1:True:True", "2:True:False", "3:False:False"]
    with django_assert_num_queries(1):
        assert shown(LIST, user, posts=rows) == text


def test_a_list_for_a_stranger_and_an_empty_one(user: Any) -> None:
    assert shown(LIST, posts=[Post.objects.create(title="a")]) == "a:False:False "
    assert shown(LIST, user, posts=Post.objects.none()) == ""


def test_a_list_that_cannot_be_asked_about_is_answered_false(
    make_user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    mixed = [Post.objects.create(title="a"), Picture.objects.create()]

    assert shown(LIST, make_user(is_superuser=True), posts=mixed).split() == [
        "a:False:False",
        ":False:False",
    ]
    assert "could not be asked" in caplog.text


def test_a_rule_of_the_view_is_asked(user: Any) -> None:
    own, other = Post.objects.create(author=user), Post.objects.create()
    text = "{% holds rule post as it %}{{ it }}"
    owns, broken = rules.owns("author"), requires(lambda request: 1 / 0).rule

    assert [shown(text, user, rule=owns, post=post) for post in (own, other)] == ["True", "False"]
    assert shown("{% holds rule as it %}{{ it }}", user, rule=rules.is_logged_in) == "True"
    for rule in (rules.is_staff, broken, ~broken):
        assert shown("{% holds rule as it %}{{ it }}", user, rule=rule) == "False"


EMPTY = [
    "{% has_permission 'write' typo as it %}",
    "{% has_permission 'write' nothing as it %}",
    "{% holds typo as it %}",
    "{% holds rule typo as it %}",
    "{% holds rule nothing as it %}",
]


@pytest.mark.parametrize("tag", EMPTY)
def test_a_variable_that_is_empty_is_told_with_its_template(
    tag: str, make_user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    auth.add_permission(user := make_user(is_superuser=True), "write")
    inner = Template("{% load authkit %}" + tag + "{{ it }}")
    inner.origin.name = "blog/post.html"
    context = {"rule": rules.has_permission("write"), "nothing": None, "inner": inner}

    assert shown("{% include inner %}", user, **context) == "False"
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("authkit.authz", "ERROR")
    assert re.search(r"{% (has_permission 'write'|holds) %} .* blog/post.html", caplog.text)
    assert "A variable that it is given is empty" in caplog.text


@pytest.mark.parametrize("rule", ["is_staff", True, 5])
def test_what_is_no_rule_does_not_hold(
    rule: Any, user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert shown("{% holds rule as it %}{{ it }}", user, rule=rule) == "False"
    assert "is a rule of the view, not" in caplog.text


def test_a_list_that_is_empty_by_a_slip_is_told(
    user: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert shown("{% check_permissions typo 'read' as rows %}{{ rows }}", user) == "[]"
    assert "A variable that it is given is empty" in caplog.text


def test_a_rule_costs_nothing_for_records_that_were_asked_about(
    user: Any, django_assert_num_queries: Any
) -> None:
    posts = [Post.objects.create(title=str(number)) for number in range(9)]
    Post.objects.filter(title="0").update(author=user)
    auth.add_permission(user, "write", posts[1:3])
    rule = rules.owns("author") | rules.has_permission("write")
    text = (
        "{% check_permissions posts 'write' as rows %}"
        "{% for post, may in rows %}{% holds rule post as it %}{{ it }} {% endfor %}"
    )
    request = RequestFactory().get("/")
    request.user = user
    token = current_request.set(request)

    try:
        # The list and the answers
        with django_assert_num_queries(2):
            page = Template("{% load authkit %}" + text).render(
                RequestContext(request, {"posts": Post.objects.order_by("pk"), "rule": rule})
            )
    finally:
        current_request.reset(token)

    assert page.split() == ["True"] * 3 + ["False"] * 6


@in_coroutine
async def test_a_page_is_rendered_in_a_thread_by_a_view_that_is_a_coroutine(
    caplog: pytest.LogCaptureFixture,
) -> None:
    user = await sync_to_async(get_user_model().objects.create_user)("ada@example.com")
    post = await Post.objects.acreate()
    await auth.aadd_permission(user, "write", post)

    assert await sync_to_async(shown)(ASK, user, post=post) == "True"
    assert not caplog.records
    assert shown(ASK, user, post=post) == "False"
    assert "SynchronousOnlyOperation" in caplog.text
