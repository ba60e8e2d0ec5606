"""The middleware: current request, refusals, sliding sessions, security headers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

from . import audit
from .accounts.adapter import client_ip
from .authz.require_authorization import RequireAuthorizationMiddleware
from .context import current_request, enter

__all__ = ["AuthkitMiddleware", "RequireAuthorizationMiddleware"]

GetResponse = Callable[[HttpRequest], Any]
SEEN = "authkit_seen"
LONGEST_PAUSE = 600  # seconds between two writes of a session in use

# Only what the project has not decided itself.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class AuthkitMiddleware:
    """Belongs after Django's AuthenticationMiddleware; serves sync and async projects."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self._acall(request)
        token = self._enter(request)
        try:
            response: HttpResponseBase = self.get_response(request)
        finally:
            self._leave(request)
            current_request.reset(token)
        return finish(request, response)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        token = self._enter(request)
        try:
            response: HttpResponseBase = await self.get_response(request)
        finally:
            request.authkit_left = True  # type: ignore[attr-defined]
            if "authkit_refusals" in request.__dict__:
                await sync_to_async(self._leave)(request)
            current_request.reset(token)
        return finish(request, response)

    def _enter(self, request: HttpRequest) -> Any:
        request.authkit_ip = client_ip(request)  # type: ignore[attr-defined]
        # allauth stores it as it comes, and PostgreSQL takes no NUL.
        if "\x00" in (agent := request.META.get("HTTP_USER_AGENT", "")):
            request.META["HTTP_USER_AGENT"] = agent.replace("\x00", "")
        return enter(request)

    def _leave(self, request: HttpRequest) -> None:
        request.authkit_left = True  # type: ignore[attr-defined]
        # The view's transaction has ended, so that what is written now outlives its rollback.
        audit.write_refusals(request)


def finish(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Slide the session, and dress the responses of authkit's own pages."""
    slide(request)
    match = request.resolver_match
    if match is not None and hasattr(match.func, "authkit_route"):
        add_never_cache_headers(response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def slide(request: HttpRequest) -> None:
    """Prolong a session that is used; written when a tenth of its time, or ten minutes, went by."""
    session = getattr(request, "session", None)
    # A session that nobody looked at is left alone, else every response would vary by cookie.
    if session is None or not session.accessed or "_auth_user_id" not in session:
        return
    expiry = session.get("_session_expiry")
    if not isinstance(expiry, int) or expiry <= 0:
        return
    now = int(time.time())
    if now - session.get(SEEN, 0) > min(expiry / 10, LONGEST_PAUSE):
        session[SEEN] = now
