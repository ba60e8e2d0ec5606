"""``PermittedFilter``: what a list of Django REST framework leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import ModelSerializer

from authkit import auth, rules
from tests.authz.views import urls
from tests.blog.models import Picture, Post

from .views import Posts, asked, router_of

pytestmark = pytest.mark.django_db


def test_a_list_has_what_is_permitted(people: Any, client_for: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(Posts))))

    shown = {
        name: [post["title"] for post in client_for(people[name]).get("/posts/").json()]
        for name in ("all", "one")
    }

    assert shown == {"all": ["one", "two"], "one": ["one"]}


def test_the_list_can_be_of_another_permission(people: Any, client_for: Any, settings: Any) -> None:
    class Publishable(Posts):
        permitted_name = "publish"

    settings.ROOT_URLCONF = urls(path("", include(router_of(Publishable))))

    answer = client_for(people["publisher"]).get("/posts/")

    assert [post["title"] for post in answer.json()] == ["one"]


def test_a_list_is_of_what_the_project_calls_to_read(
    user: Any, client_for: Any, settings: Any
) -> None:
    class Viewed(Posts):
        permission_classes = [rules.is_logged_in]

    settings.AUTHKIT = {**settings.AUTHKIT, "READ_PERMISSION": "view"}
    settings.ROOT_URLCONF = urls(path("", include(router_of(Viewed))))
    for name in ("read", "view"):
        auth.add_permission(user, name, Post.objects.create(title=name))

    assert [post["title"] for post in client_for(user).get("/posts/").json()] == ["view"]


class OwnOrPermitted(Posts):
    permission_classes = [rules.has_permission("read") | rules.owns("author")]
    permitted_owner = "author"


class PictureSerializer(ModelSerializer):
    class Meta:
        model = Picture
        fields = ["id"]


class Pictures(Posts):
    queryset = Picture.objects.select_related("post").order_by("pk")
    serializer_class = PictureSerializer
    permission_classes = [rules.has_permission("read") | rules.owns("post__author")]
    permitted_owner = "post__author"


def test_a_list_has_what_is_owned_too(
    people: Any, client_for: Any, settings: Any, make_user: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(OwnOrPermitted))))
    one, two = Post.objects.order_by("pk")
    author = make_user()
    for user in (author, people["one"], people["all"]):
        Post.objects.create(title="own", author=user)

    shown = {
        name: [post["title"] for post in client_for(user).get("/posts/").json()]
        for name, user in {**people, "author": author}.items()
        if name in {"all", "one", "author"}
    }
    client = client_for(author)
    own = Post.objects.get(author=author)

    assert shown == {
        "all": ["one", "two", "own", "own", "own"],
        "one": ["one", "own"],
        "author": ["own"],
    }
    assert [asked(client, "get", f"/posts/{post.pk}/") for post in (own, one, two)] == [
        200,
        404,
        404,
    ]
    assert asked(client_for(people["none"]), "get", "/posts/") == 403


def test_a_list_has_what_is_owned_by_a_path(user: Any, client_for: Any, settings: Any) -> None:
    router = DefaultRouter()
    router.register("pictures", Pictures)
    settings.ROOT_URLCONF = urls(path("", include(router.urls)))
    own = Picture.objects.create(post=Post.objects.create(author=user))
    shared, _other = Picture.objects.create(), Picture.objects.create(post=Post.objects.create())
    auth.add_permission(user, "read", shared)

    shown = client_for(user).get("/pictures/").json()

    assert {each["id"] for each in shown} == {str(own.pk), str(shared.pk)}
