"""A safety net for development and tests: no response without a rule that was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from .routes import needs_no_rule


class RequireAuthorizationMiddleware:
    """Refuses what a view answers that no rule guards, where DEBUG is on and in tests."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        # An outbox is what Django gives to a test run, and to nothing else.
        if not settings.DEBUG and not hasattr(mail, "outbox"):
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._acall(request)
        return judged(request, self.get_response(request))

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        return judged(request, await self.get_response(request))


def judged(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """*response*. Raises ImproperlyConfigured: nobody has decided who may see it."""
    match = request.resolver_match
    if match is None or response.status_code >= HTTPStatus.BAD_REQUEST:
        return response
    if "authkit_ruled" in vars(request) or needs_no_rule(match.func):
        return response
    raise ImproperlyConfigured(
        f"No rule guards {match.func!r} at {request.path}: put @requires(…) before it, or @public "
        "if everybody may see it."
    )
