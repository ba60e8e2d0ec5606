"""Rules before functions, methods, whole routers and views that find no records."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.authentication import BasicAuthentication
from rest_framework.decorators import api_view, permission_classes
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from authkit import auth, requires, rules
from tests.authz.views import JSON, outcome, urls
from tests.blog.models import Post

from .views import Posts, asked, router_of

pytestmark = pytest.mark.django_db


def test_a_view_without_records_is_guarded_by_what_is_named(
    user: Any, client_for: Any, settings: Any
) -> None:
    class Guarded(APIView):
        renderer_classes = [JSONRenderer]

        def get(self, request: Any, **kwargs: Any) -> Response:
            return Response({})

    capability = Guarded.as_view(permission_classes=[rules.has_permission("report")])
    model = Guarded.as_view(permission_classes=[rules.has_permission("write", Post)])
    settings.ROOT_URLCONF = urls(path("a/<int:pk>/", capability), path("b/<int:pk>/", model))
    client = client_for(user)
    auth.add_permission(user, "write", Post, 5)
    assert [asked(client, "get", address) for address in ("/a/5/", "/b/5/")] == [403, 403]

    auth.add_permission(user, "report")
    auth.add_permission(user, "write", Post)

    assert [asked(client, "get", address) for address in ("/a/5/", "/b/5/")] == [200, 200]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # The framework has no 401 where a session is what it asks for first.
        ("a", [200, 404, 403]),
        ("b", [200, 404, 401]),
        ("c", [200, 404, 401]),
        ("d", [200, 404, 401]),
    ],
)
def test_a_function_of_the_framework_is_guarded(
    name: str, expected: list[int], people: Any, client_for: Any, settings: Any
) -> None:
    rule = rules.has_permission("read", Post, record="pk")

    @api_view(["GET"])
    @permission_classes([rule])
    def inside(request: Any, pk: int) -> Response:
        return Response({"title": request.authkit_record.title})

    @api_view(["GET"])
    @requires(rule)
    def decorated(request: Any, pk: int) -> Response:
        return Response({"title": request.authkit_record.title})

    class ByMethod(APIView):
        @requires(rule)
        def get(self, request: Any, pk: int) -> Response:
            return Response({"title": request.authkit_record.title})

    settings.ROOT_URLCONF = urls(
        path("a/<int:pk>/", inside),
        path("b/<int:pk>/", decorated),
        path("c/<int:pk>/", requires(rule)(inside)),
        path("d/<int:pk>/", ByMethod.as_view()),
    )
    one, _two = Post.objects.order_by("pk")
    clients = [client_for(people["one"]), client_for(people["none"]), Client()]

    answers = [client.get(f"/{name}/{one.pk}/", **JSON) for client in clients]

    assert [answer.status_code for answer in answers] == expected
    assert answers[0].json() == {"title": "one"}


def test_a_router_is_guarded_as_a_whole(
    people: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    make_group("editors", people["all"])
    guard = requires(rules.has_membership("editors"))
    settings.ROOT_URLCONF = urls(path("", guard.include(router_of(Posts))))
    one, _two = Post.objects.order_by("pk")
    clients = [client_for(people["all"]), client_for(people["one"]), Client()]

    for address in ("/posts/", f"/posts/{one.pk}/", "/"):
        answers = [client.get(address, **JSON) for client in clients]
        assert [answer.status_code for answer in answers[1:]] == [403, 401]
        assert [outcome(client.options(address)) for client in clients[1:]] == [403, "login"]
    assert asked(clients[0], "get", "/posts/") == 200


def test_whoever_a_token_names_is_asked_for(people: Any, client_for: Any, settings: Any) -> None:
    class TokenAuthentication(BasicAuthentication):
        def authenticate(self, request: Any) -> Any:
            return (people[name], None) if (name := request.headers.get("token")) else None

    class Guarded(Posts):
        authentication_classes = [TokenAuthentication]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Guarded))))
    client = client_for(people["all"])

    answers = [
        client.get("/posts/", headers={"token": name} if name else {}).status_code
        for name in ("one", "none", "")
    ]

    assert answers == [200, 403, 401]


def test_a_guard_before_a_whole_view_does_not_take_some_record_for_each(
    people: Any, client_for: Any, settings: Any
) -> None:
    guard = requires(rules.has_permission("read"))

    @guard
    class Decorated(Posts):
        permission_classes = []
        filter_backends = []

    class ByMethod(Posts):
        permission_classes = []
        filter_backends = []
        retrieve = guard(Posts.retrieve)
        list = guard(Posts.list)

    class Included(Posts):
        permission_classes = []
        filter_backends = []

    for urlpatterns in (
        include(router_of(Decorated)),
        include(router_of(ByMethod)),
        guard.include(router_of(Included)),
    ):
        settings.ROOT_URLCONF = urls(path("", urlpatterns))
        for post in Post.objects.all():
            assert asked(client_for(people["one"]), "get", f"/posts/{post.pk}/") == 403
        assert asked(client_for(people["one"]), "get", "/posts/") == 403


def test_a_view_that_finds_no_records_needs_the_whole_model(
    people: Any, client_for: Any, settings: Any
) -> None:
    class Numbers(APIView):
        queryset = Post.objects.all()
        permission_classes = [rules.has_permission("read")]

        def get(self, request: Any, pk: int) -> Response:
            return Response({"pk": pk})

    settings.ROOT_URLCONF = urls(
        path("<int:pk>/", Numbers.as_view(renderer_classes=[JSONRenderer]))
    )
    one, _two = Post.objects.order_by("pk")

    answers = [asked(client_for(people[name]), "get", f"/{one.pk}/") for name in ("all", "one")]

    assert answers == [200, 403]
