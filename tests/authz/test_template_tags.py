"""What a template can ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, RequestContext, Template
from django.test import RequestFactory

from authkit import auth, requires, rules
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
    for rule in (rules.is_staff, broken, ~broken, None, "is_staff", True):
        assert shown("{% holds rule as it %}{{ it }}", user, rule=rule) == "False"
