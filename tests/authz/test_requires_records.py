"""The record rule: strangers to the login, 404 for what is missing or hidden, else 403."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, re_path

from authkit import auth, requires, rules
from tests.blog.models import Draft, Picture, Post, Review

from .views import JSON, Edit, outcome, page, urls

pytestmark = pytest.mark.django_db

WRITE = rules.has_permission("write", Post, record="post_id")


@pytest.fixture(
    params=["function", "class by its record", "class by its URL", "condition beside it"]
)
def _guarded_page(request: Any, settings: Any) -> None:
    view = {
        "function": requires(WRITE)(page),
        "class by its record": Edit.as_view(pk_url_kwarg="post_id"),
        "class by its URL": Edit.as_view(pk_url_kwarg="post_id", requires=WRITE),
        "condition beside it": requires(rules.has_membership("editors") | WRITE)(page),
    }[request.param]
    settings.ROOT_URLCONF = urls(re_path("^(?P<post_id>[^/]*)/$", view))


@pytest.mark.usefixtures("_guarded_page")
def test_each_is_answered_what_they_may_know(make_user: Any, client_for: Any) -> None:
    writer, reader, other = make_user(), make_user(), make_user()
    post = Post.objects.create()
    auth.add_permission(writer, "write", post)
    auth.add_permission(reader, "read", post)
    clients = [client_for(each) for each in (writer, reader, other)]

    def answers(key: Any) -> list[Any]:
        return [outcome(client.get(f"/{key}/")) for client in [*clients, Client()]]

    assert answers(post.pk) == ["seen", 403, 404, "login"]
    assert answers(post.pk + 1) == [404, 404, 404, "login"]


@pytest.mark.usefixtures("_guarded_page")
def test_who_writes_all_posts_gets_404_for_one_that_is_missing(user: Any, client_for: Any) -> None:
    auth.add_permission(user, "write", Post)

    assert outcome(client_for(user).get("/5/")) == 404


@pytest.mark.parametrize("key", ["05", "5.0", "x", "-", "0", "9" * 30, "5\x00", "%20 5"])
def test_what_is_no_key_is_a_record_that_is_missing(
    key: str, user: Any, client_for: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(re_path("^(?P<post_id>[^/]*)/$", requires(WRITE)(page)))
    Post.objects.create(pk=5)
    auth.add_permission(user, "write", Post)

    assert outcome(client_for(user).get("/", PATH_INFO=f"/{key}/")) == 404


def test_a_program_is_told_the_same(make_user: Any, client_for: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("<int:post_id>/", requires(WRITE)(page)))
    reader, other = make_user(), make_user()
    post = Post.objects.create()
    auth.add_permission(reader, "read", post)
    clients = [client_for(reader), client_for(other), Client()]

    answers = [client.get(f"/{post.pk}/", **JSON) for client in clients]
    missing = [client.get("/77/", **JSON) for client in clients]

    assert [answer.json()["code"] for answer in answers] == [
        "permission_denied",
        "not_found",
        "not_authenticated",
    ]
    assert [answer.content for answer in missing[1:]] == [answer.content for answer in answers[1:]]


def test_a_record_that_is_hidden_looks_like_one_that_is_missing(
    user: Any, client_for: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("<int:post_id>/", requires(WRITE)(page)))
    post, client = Post.objects.create(), client_for(user)

    hidden, missing = client.get(f"/{post.pk}/"), client.get("/77/")

    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


def test_the_record_is_loaded_once_and_handed_on(
    user: Any, client_for: Any, settings: Any, django_assert_num_queries: Any
) -> None:
    seen: list[Any] = []

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        seen.append((request.authkit_records, request.authkit_record))  # type: ignore[attr-defined]
        return HttpResponse()

    read = rules.has_permission("read", Post, record="post_id")
    picture = rules.has_permission("read", Picture, record="picture_id")
    settings.ROOT_URLCONF = urls(
        path("<int:post_id>/<uuid:picture_id>/", requires(WRITE & read)(requires(picture)(view)))
    )
    post, shown = Post.objects.create(), Picture.objects.create()
    for name, record in (("write", post), ("read", post), ("read", shown)):
        auth.add_permission(user, name, record)
    client = client_for(user)

    # The session and the user, two records, three answers
    with django_assert_num_queries(7):
        client.get(f"/{post.pk}/{shown.pk}/")

    assert seen == [({"post_id": post, "picture_id": shown}, shown)]


@pytest.mark.parametrize("model", [Post, "blog.Post", Draft])
def test_the_model_is_a_class_or_its_label(
    model: Any, user: Any, client_for: Any, settings: Any
) -> None:
    rule = rules.has_permission("write", model, record="post_id")
    settings.ROOT_URLCONF = urls(path("<str:post_id>/", requires(rule)(page)))
    post = Post.objects.create()
    auth.add_permission(user, "write", post)

    assert outcome(client_for(user).get(f"/{post.pk}/")) == "seen"


def test_a_record_can_have_a_uuid_as_its_key(user: Any, client_for: Any, settings: Any) -> None:
    rule = rules.has_permission("write", Picture, record="key")
    settings.ROOT_URLCONF = urls(path("<str:key>/", requires(rule)(page)))
    picture = Picture.objects.create()
    auth.add_permission(user, "write", picture)
    keys = [picture.pk, uuid.uuid4(), str(picture.pk).upper() + "0", picture.pk.hex]

    assert [outcome(client_for(user).get(f"/{key}/")) for key in keys] == ["seen", 404, 404, 404]


def test_a_name_that_the_url_lacks_lets_nobody_in(
    make_user: Any, client_for: Any, settings: Any, caplog: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("<int:pk>/", requires(WRITE)(page)))
    client = client_for(make_user(is_superuser=True))

    assert outcome(client.get(f"/{Post.objects.create().pk}/")) == 403
    assert "has no 'post_id'" in caplog.text


@pytest.mark.parametrize(
    "rule",
    [
        rules.owns("author", Post, record="post_id"),
        WRITE | rules.owns("author"),
        rules.owns("author") | WRITE,
    ],
    ids=str,
)
def test_the_owner_of_a_record_passes(
    rule: Any, make_user: Any, client_for: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("<int:post_id>/", requires(rule)(page)))
    owner, reader, other = make_user(), make_user(), make_user()
    post = Post.objects.create(author=owner)
    auth.add_permission(reader, "read", post)
    clients = [*map(client_for, (owner, reader, other)), Client()]

    assert [outcome(client.get(f"/{post.pk}/")) for client in clients] == [
        "seen",
        403,
        404,
        "login",
    ]


def test_a_negated_rule_lets_nobody_to_a_record_that_is_missing(
    user: Any, client_for: Any, settings: Any
) -> None:
    rule = ~rules.has_permission("blocked", Post, record="post_id")
    settings.ROOT_URLCONF = urls(path("<int:post_id>/", requires(rule)(page)))
    post = Post.objects.create()

    for client, missing in ((client_for(user), 404), (Client(), "login")):
        assert [outcome(client.get(f"/{key}/")) for key in (post.pk, 77)] == ["seen", missing]


def test_a_record_answers_for_no_parent_or_child_under_its_key(
    make_user: Any, client_for: Any, settings: Any
) -> None:
    posts, reviews = (
        [rules.has_permission(name, model, record="pk") for name in ("read", "write")]
        for model in (Post, Review)
    )
    settings.ROOT_URLCONF = urls(
        path("a/<int:pk>/", requires(reviews[0] & posts[1])(page)),
        path("b/<int:pk>/", requires(posts[0] & reviews[1])(page)),
    )
    of_posts, of_reviews, of_both = make_user(), make_user(), make_user()
    for user, models in ((of_posts, [Post]), (of_reviews, [Review]), (of_both, [Post, Review])):
        auth.add_permission(user, ["read", "write"], models)
    review = Review.objects.create()

    for name in "ab":
        answers = [
            outcome(client_for(each).get(f"/{name}/{review.pk}/"))
            for each in (of_posts, of_reviews, of_both)
        ]
        assert answers == [404, 404, "seen"]


def test_who_is_asked_for_by_a_path_that_ends_early_owns_nothing(
    user: Any, make_user: Any, client_for: Any, settings: Any
) -> None:
    rule = rules.owns("post__author", Picture, record="pk")
    settings.ROOT_URLCONF = urls(path("<uuid:pk>/", requires(rule)(page)))
    posts = [None, Post.objects.create(), Post.objects.create(author=make_user())]
    keys = [*(Picture.objects.create(post=post).pk for post in posts), uuid.uuid4()]
    own = Picture.objects.create(post=Post.objects.create(author=user)).pk

    answers = [outcome(client_for(user).get(f"/{key}/")) for key in [*keys, own]]

    assert answers == [404, 404, 404, 404, "seen"]


def test_the_right_to_read_has_the_name_that_the_project_gives_it(
    user: Any, client_for: Any, settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "READ_PERMISSION": "view"}
    guard = requires(rules.has_permission("change", Post, record="pk"))
    settings.ROOT_URLCONF = urls(path("<int:pk>/", guard(page)))
    viewed, read = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "view", viewed)
    auth.add_permission(user, "read", read)

    assert [outcome(client_for(user).get(f"/{post.pk}/")) for post in (viewed, read)] == [403, 404]
