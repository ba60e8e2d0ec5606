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

JSON = {"headers": {"accept": "application/json"}}


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
