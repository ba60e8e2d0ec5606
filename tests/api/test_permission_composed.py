"""Rules composed with the framework's own permission classes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from authkit import auth, requires, rules
from tests.authz.views import urls
from tests.blog.models import Post

from .views import OpenPosts, Posts, asked, router_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("combined", "expected"),
    [
        (IsAuthenticated & rules.has_membership("editors"), [200, 403, 401]),
        (rules.has_membership("editors") & IsAuthenticated, [200, 403, 401]),
        (IsAdminUser | rules.has_membership("editors"), [200, 403, 401]),
        (rules.has_membership("editors") | IsAdminUser, [200, 403, 401]),
        (rules.has_membership("editors") & IsAdminUser, [403, 403, 401]),
    ],
)
def test_a_rule_combines_with_the_classes_of_the_framework(
    combined: Any, expected: Any, make_user: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    class Guarded(APIView):
        authentication_classes = Posts.authentication_classes
        permission_classes = [combined]

        def get(self, request: Any) -> Response:
            return Response({})

    settings.ROOT_URLCONF = urls(path("page/", Guarded.as_view()))
    member, other = make_user(), make_user()
    make_group("editors", member)
    clients = [client_for(member), client_for(other), Client()]

    assert [asked(client, "get", "/page/") for client in clients] == expected


def test_a_rule_before_what_the_framework_has_composed_is_one_of_its_parts(
    people: Any, client_for: Any, settings: Any, make_user: Any
) -> None:
    class Composed(OpenPosts):
        permission_classes = [rules.is_staff | ~IsAuthenticated | (IsAuthenticated & IsAdminUser)]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Composed))))
    clients = client_for(make_user(is_staff=True)), client_for(people["all"]), Client()

    assert [asked(client, "get", "/posts/") for client in clients] == [200, 403, 200]


def test_a_rule_that_fails_denies(people: Any, client_for: Any, settings: Any) -> None:
    class Guarded(Posts):
        permission_classes = [requires(lambda request: 1 / 0).rule]

    class Negated(Posts):
        permission_classes = [~requires(lambda request: 1 / 0).rule]

    for viewset in (Guarded, Negated):
        settings.ROOT_URLCONF = urls(path("", include(router_of(viewset))))
        assert asked(client_for(people["all"]), "get", "/posts/") == 403


def test_a_rule_that_fails_denies_also_when_the_framework_negates_it(
    people: Any, client_for: Any, settings: Any
) -> None:
    broken = requires(lambda request: 1 / 0).rule

    class Negated(Posts):
        permission_classes = [~(IsAuthenticated & broken)]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Negated))))

    assert asked(client_for(people["all"]), "get", "/posts/") == 403


def test_another_class_may_allow_a_record_that_the_rule_hides(
    make_user: Any, client_for: Any, settings: Any
) -> None:
    class Either(OpenPosts):
        permission_classes = [rules.has_permission("read") | IsAdminUser]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Either))))
    staff, other = make_user(is_staff=True), make_user()
    auth.add_permission(staff, "read", Post.objects.create())
    auth.add_permission(other, "read", Post.objects.create())
    hidden = Post.objects.create()

    answers = [client_for(user).get(f"/posts/{hidden.pk}/") for user in (staff, other)]

    assert [answer.status_code for answer in answers] == [200, 403]
