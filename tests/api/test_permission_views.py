"""What a rule is about in the views of Django REST framework, and what it answers there."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import include, path
from rest_framework.generics import CreateAPIView, ListAPIView, ListCreateAPIView
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.viewsets import ModelViewSet

from authkit import auth, rules
from tests.authz.views import urls
from tests.blog.models import Post

from .views import OpenPosts, asked, router_of

pytestmark = pytest.mark.django_db
READ = rules.has_permission("read")


class Base:
    """What is asked of each view below."""

    queryset = OpenPosts.queryset
    serializer_class = OpenPosts.serializer_class
    authentication_classes = OpenPosts.authentication_classes
    renderer_classes = OpenPosts.renderer_classes
    permission_classes = [READ]


class Create(Base, CreateAPIView):  # type: ignore[type-arg]
    pass


class List(Base, ListAPIView):  # type: ignore[type-arg]
    pass


class ListCreate(Base, ListCreateAPIView):  # type: ignore[type-arg]
    pass


class Everything(Base, ModelViewSet):  # type: ignore[type-arg]
    every, new = ModelViewSet.list, ModelViewSet.create


OF_MANY = {"get": "list", "post": "create"}


@pytest.mark.parametrize(
    ("view", "read", "written"),
    [
        (Create.as_view(), 405, 201),
        (List.as_view(), 200, 405),
        (ListCreate.as_view(), 200, 201),
        (ListCreate.as_view(lookup_field="id", lookup_url_kwarg="pk"), 200, 201),
        (Everything.as_view(OF_MANY), 200, 201),
        (Everything.as_view({"get": "every", "post": "new"}, detail=False), 200, 201),
    ],
    ids=["create", "list", "both", "another field", "viewset", "router"],
)
def test_the_key_of_a_parent_is_no_record(
    view: Any, read: int, written: int, make_user: Any, client_for: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("<int:pk>/", view))
    users = [make_user() for _ in range(3)]
    every, one, none = map(client_for, users)
    first, second = Post.objects.create(), Post.objects.create()
    auth.add_permission(users[0], "read", Post)
    auth.add_permission(users[1], "read", first)

    for key in (first.pk, second.pk, 77):
        address = f"/{key}/"
        # Some record to read a list, where one is shown, and the whole model for a new one
        assert [asked(each, "get", address) for each in (every, one)] == [read, read]
        assert asked(none, "get", address) == 403
        assert [asked(each, "post", address) for each in (every, one, none)] == [
            written,
            403,
            403,
        ]


class ByTitle(OpenPosts):
    lookup_field = "title"


class ByMethod(ByTitle):
    permission_classes = []

    def get_permissions(self) -> Any:
        return [READ]


class MadeAnew(ByMethod):
    def get_permissions(self) -> Any:
        return [rules.is_logged_in & rules.has_permission("read")]


class Several(ByTitle):
    permission_classes = [IsAuthenticated & READ]


class SeveralBefore(ByTitle):
    permission_classes = [READ & IsAuthenticated & rules.is_logged_in]


class SeveralByMethod(ByMethod):
    def get_permissions(self) -> Any:
        return [(IsAuthenticated & (rules.is_logged_in & READ))()]


VIEWSETS = [ByTitle, ByMethod, MadeAnew, Several, SeveralBefore, SeveralByMethod]


@pytest.mark.parametrize("viewset", VIEWSETS)
def test_a_hidden_record_looks_like_one_that_is_missing(
    viewset: Any, user: Any, client_for: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(viewset))))
    own, _hidden = (Post.objects.create(title=title) for title in ("own", "hidden"))
    auth.add_permission(user, "read", own)
    client = client_for(user)

    answers = [client.get(f"/posts/{title}/") for title in ("own", "hidden", "missing")]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[1].content == answers[2].content


def test_an_or_inside_of_an_and_still_asks_the_other(
    make_user: Any, client_for: Any, settings: Any
) -> None:
    class Either(ByTitle):
        permission_classes = [IsAuthenticated & (READ | IsAdminUser)]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Either))))
    staff, other = make_user(is_staff=True), make_user()
    for user in (staff, other):
        auth.add_permission(user, "read", Post.objects.create())
    Post.objects.create(title="hidden")

    answers = [asked(client_for(each), "get", "/posts/hidden/") for each in (staff, other)]

    assert answers == [200, 403]
