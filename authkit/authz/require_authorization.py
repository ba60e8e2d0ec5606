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

from .known_guards import is_guarded


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
    if "authkit_ruled" in vars(request) or is_guarded(match.func, request.method or ""):
        return response
    raise ImproperlyConfigured(
        f"No rule guards {_name(match.func)} at {request.path}: put @requires(…) before it, or "
        "@public if everybody may see it."
    )


def _name(view: Any) -> str:
    """What *view* is called where it is written: the class of a class-based one."""
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    name = getattr(view, "__qualname__", None) if cls is None else cls.__name__
    return repr(view) if name is None else f"{(cls or view).__module__}.{name}"
