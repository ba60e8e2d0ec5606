"""Rules in the ``permission_classes`` of Django REST framework: lists and records."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.decorators import action
from rest_framework.response import Response

from authkit import requires, rules
from tests.authz.views import urls
from tests.blog.models import Post

from .views import OpenPosts, Posts, asked, router_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("get", "/posts/", [200, 200, 403, 401]),
        ("head", "/posts/", [200, 200, 403, 401]),
        ("options", "/posts/", [200, 200, 403, 401]),
        # A new record is nobody's yet: it needs the whole model.
        ("post", "/posts/", [201, 403, 403, 401]),
        ("get", "/posts/{one}/", [200, 200, 404, 401]),
        ("head", "/posts/{one}/", [200, 200, 404, 401]),
        ("put", "/posts/{one}/", [200, 200, 404, 401]),
        ("patch", "/posts/{one}/", [200, 200, 404, 401]),
        ("delete", "/posts/{one}/", [204, 204, 404, 401]),
        ("get", "/posts/{two}/", [200, 404, 404, 401]),
        ("delete", "/posts/{two}/", [204, 404, 404, 401]),
        ("get", "/posts/77/", [404, 404, 404, 401]),
        ("get", "/posts/0{one}/", [404, 404, 404, 401]),
    ],
)
@pytest.mark.parametrize(("number", "name"), [*enumerate(["all", "one", "none", ""])])
@pytest.mark.parametrize("viewset", [Posts, OpenPosts])
def test_a_router_is_guarded_by_a_rule(
    viewset: Any,
    number: int,
    name: str,
    method: str,
    address: str,
    expected: list[int],
    people: Any,
    client_for: Any,
    settings: Any,
) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(viewset))))
    one, two = Post.objects.order_by("pk")
    address = address.format(one=one.pk, two=two.pk)

    client = client_for(people[name]) if name else Client()

    assert asked(client, method, address) == expected[number]


def test_an_action_has_a_rule_of_its_own(people: Any, client_for: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(Posts))))
    one, two = Post.objects.order_by("pk")
    addresses = [f"/posts/{post.pk}/publish/" for post in (one, two)]

    answers = {
        name: [client_for(people[name]).post(address).status_code for address in addresses]
        for name in ("publisher", "all")
    }

    assert answers == {"publisher": [200, 403], "all": [403, 403]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # The model named, the record of another model, the URL's part, the owner
        (rules.has_permission("read", Post), [200, 404]),
        (rules.has_permission("read", "blog.Picture"), [403, 403]),
        (rules.has_permission("read", Post, record="pk"), [200, 404]),
        (rules.owns("author"), [403, 200]),
        (rules.owns("author") | rules.has_permission("read"), [200, 200]),
        (rules.is_logged_in & rules.has_permission("read"), [200, 404]),
        (rules.is_staff, [403, 403]),
        (lambda request: request.user.is_authenticated, None),
    ],
    # Not the address of the function, which every process has another of.
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_rule_asks_for_the_record(
    rule: Any, expected: Any, people: Any, client_for: Any, settings: Any
) -> None:
    if expected is None:
        rule, expected = requires(rule).rule, [200, 200]

    class Guarded(OpenPosts):
        permission_classes = [rule]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Guarded))))
    one, two = Post.objects.order_by("pk")
    Post.objects.filter(pk=two.pk).update(author=people["one"])
    client = client_for(people["one"])

    answers = [client.get(f"/posts/{post.pk}/").status_code for post in (one, two)]

    assert answers == expected
    assert asked(Client(), "get", f"/posts/{one.pk}/") == 401


def test_a_new_record_is_nobodys(people: Any, client_for: Any, settings: Any, caplog: Any) -> None:
    class Owned(Posts):
        permission_classes = [rules.owns("author")]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Owned))))

    assert asked(client_for(people["all"]), "post", "/posts/") == 403
    assert "could not be asked" not in caplog.text


def test_an_action_that_does_not_ask_for_its_record_is_guarded(
    people: Any, client_for: Any, settings: Any, django_assert_num_queries: Any
) -> None:
    class Careless(Posts):
        @action(detail=True, methods=["post"])
        def clear(self, request: Any, pk: str) -> Response:
            return Response({"cleared": pk})

        def retrieve(self, request: Any, pk: str) -> Response:
            return Response({"title": self.get_object().title})

    settings.ROOT_URLCONF = urls(path("", include(router_of(Careless))))
    one, two = Post.objects.order_by("pk")
    client = client_for(people["one"])

    answers = [client.post(f"/posts/{post.pk}/clear/").status_code for post in (one, two)]

    assert answers == [200, 404]
    # The session and the user, the answer and that for the whole model, the record
    with django_assert_num_queries(5):
        assert client.get(f"/posts/{one.pk}/").json() == {"title": "one"}


def test_a_record_is_found_by_another_field(people: Any, client_for: Any, settings: Any) -> None:
    class ByTitle(OpenPosts):
        lookup_field = "title"
        permission_classes = [rules.has_permission("read") | rules.owns("author")]

    settings.ROOT_URLCONF = urls(path("", include(router_of(ByTitle))))

    answers = {
        name: [asked(client_for(people[name]), "get", f"/posts/{title}/") for title in titles]
        for name, titles in {"one": ("one", "two", "none"), "none": ("one", "none")}.items()
    }

    assert answers == {"one": [200, 404, 404], "none": [403, 403]}
