"""A safety net for development and tests: no response without a rule that was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from types import CodeType, FunctionType
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.core import mail
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from . import framework

# The functions that are defined in it.
_ADMIN_VIEW = {
    code for code in AdminSite.admin_view.__code__.co_consts if isinstance(code, CodeType)
}


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
    if "authkit_ruled" in vars(request) or is_open(match.func):
        return response
    raise ImproperlyConfigured(
        f"No rule guards {match.func!r} at {request.path}: put @requires(…) before it, or @public "
        "if everybody may see it."
    )


def is_open(view: Any) -> bool:
    """Whether *view* guards itself, as authkit's and the admin's do, or needs no login."""
    if hasattr(view, "authkit_route") or is_of_admin(view):
        return True
    # Django REST framework says of each of its views that no login is required, and means that
    # the view asks for itself.
    in_framework = framework.is_view(getattr(view, "cls", None))
    return not in_framework and not getattr(view, "login_required", True)


def is_of_admin(view: Any) -> bool:
    """Whether *view* is a page of an AdminSite or of one of its models."""
    return hasattr(view, "admin_site") or hasattr(view, "model_admin") or _is_wrapped(view)


def _is_wrapped(view: Any) -> bool:
    """Whether ``AdminSite.admin_view`` made *view*, which leaves no other mark than its code."""
    seen: list[Any] = []
    waiting = [view]
    while waiting:
        function = waiting.pop()
        if not isinstance(function, FunctionType) or function in seen:
            continue
        if function.__code__ in _ADMIN_VIEW:
            return True
        seen.append(function)
        for cell in function.__closure__ or ():
            with suppress(ValueError):  # it is empty
                waiting.append(cell.cell_contents)
    return False
