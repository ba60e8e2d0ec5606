"""What the tests of guards share: views, and clients of both kinds."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import StringIO
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import include, path
from django.views.generic import UpdateView, View

from authkit import RequiresMixin, requires, rules
from tests.blog.models import Post

JSON = {"headers": {"accept": "application/json"}}
IS_EDITOR = rules.has_membership("editors")
EDITORS = requires(IS_EDITOR)


def page(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """A page that shows whether a record was loaded."""
    return HttpResponse(f"seen {getattr(request, 'authkit_record', '')}".strip())


async def apage(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    return page(request, **kwargs)


def request_of(user: Any = None) -> HttpRequest:
    """A request of *user*, or of nobody."""
    request = RequestFactory().get("/")
    request.user = user or AnonymousUser()
    return request


def urls(*patterns: Any) -> tuple[Any, ...]:
    """A URLconf of *patterns* and the account pages."""
    return (*patterns, path("auth/", include("authkit.urls")))


def outcome(response: Any) -> Any:
    """What a browser was answered: seen, login, another address, or the status."""
    if response.status_code == 302:
        return "login" if response.url.startswith("/auth/login/?next=") else response.url
    return "seen" if response.status_code == 200 else response.status_code


def listed(*options: str) -> dict[str, str]:
    """What ``authkit_routes`` tells of each address."""
    out = StringIO()
    call_command("authkit_routes", *options, stdout=out, no_color=True)
    lines = (line.split(None, 1) for line in out.getvalue().splitlines())
    return {address: text.strip() for address, text in lines}


def in_coroutine(test: Any) -> Callable[..., None]:
    """A test that awaits; what it calls in threads uses the connection of the test."""

    @wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        async_to_sync(test)(*args, **kwargs)

    return run


class Edit(RequiresMixin, UpdateView):  # type: ignore[type-arg]
    """A form for a post, for whoever may write it."""

    requires = rules.has_permission("write")
    model = Post
    fields = ["title"]
    template_name = "authkit/base.html"
    success_url = "/"


class Plain(View):
    """A class that guards nothing."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")


class Mixed(RequiresMixin, View):
    """A class that the mixin guards."""

    requires = IS_EDITOR
    get = post = Plain.get
