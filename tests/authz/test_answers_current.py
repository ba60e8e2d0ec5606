"""The current user: that of the request."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory

from authkit import auth as facade
from authkit.middleware import AuthkitMiddleware
from tests.authz.conftest import Twins
from tests.blog.models import Post

pytestmark = pytest.mark.django_db


def about_the_current_user(auth: Any, post: Post) -> list[bool]:
    return [
        auth.has_permission("write", post),
        auth.has_permission("write", Post, post.pk),
        auth.has_any_permission("write", Post),
        auth.check_many("write", [post])["write", post.pk],
        post in auth.permitted(Post, "write"),
        auth.explain("write", post).allowed,
        auth.has_membership("writers"),
    ]


def test_the_current_user_is_that_of_the_request(user: Any, group: Any, make_user: Any) -> None:
    post = Post.objects.create()
    facade.add_permission(group, "write", post)

    for current, allowed in ((user, True), (make_user(), False), (AnonymousUser(), False)):
        found: list[bool] = []

        def view(request: Any, found: list[bool] = found) -> HttpResponse:
            found += about_the_current_user(facade, post)
            return HttpResponse()

        request = RequestFactory().get("/")
        request.user = current
        AuthkitMiddleware(view)(request)
        assert found == [allowed] * 7


def test_a_request_without_a_user_is_anonymous(group: Any) -> None:
    post = Post.objects.create()
    facade.add_permission(group, "write", Post)

    def view(request: Any) -> HttpResponse:
        return HttpResponse(str(about_the_current_user(facade, post)))

    assert AuthkitMiddleware(view)(RequestFactory().get("/")).content.decode() == str([False] * 7)


def test_commands_are_about_the_current_user_too(user: Any, make_group: Any) -> None:
    group = make_group("writers")

    def view(request: Any) -> HttpResponse:
        facade.add_membership(group)
        joined = facade.has_membership(group)
        return HttpResponse(f"{joined} {facade.remove_membership(group)}")

    request = RequestFactory().get("/")
    request.user = user
    assert AuthkitMiddleware(view)(request).content == b"True 1"
    request.user = AnonymousUser()
    with pytest.raises(ValueError, match="Nobody"):
        AuthkitMiddleware(view)(request)


def test_the_current_user_of_an_async_view(user: Any, group: Any) -> None:
    post = Post.objects.create()
    facade.add_permission(group, "write", post)

    async def view(request: Any) -> HttpResponse:
        answers = [
            await facade.ahas_permission("write", post),
            await facade.ahas_membership("writers"),
            (await facade.aexplain("write", post)).allowed,
            [row async for row in await facade.apermitted(Post, "write")] == [post],
        ]
        return HttpResponse(str(answers))

    request = AsyncRequestFactory().get("/")
    request.user = user
    middleware: Any = AuthkitMiddleware(view)
    response = async_to_sync(middleware)(request)
    assert response.content.decode() == str([True] * 4)


def test_outside_of_a_request_there_is_no_current_user(auth: Twins, group: Any) -> None:
    post = Post.objects.create()
    for call in (
        lambda: auth.has_permission("write", post),
        lambda: auth.has_any_permission("write", Post),
        lambda: auth.check_many("write", [post]),
        lambda: auth.permitted(Post, "write"),
        lambda: auth.explain("write", post),
        lambda: auth.has_membership(group),
        lambda: auth.add_membership(group),
        lambda: auth.remove_membership(group),
    ):
        with pytest.raises(RuntimeError, match="no current user outside of a request"):
            call()
