"""The one answer to whoever may not: a login page, a refusal, or what the project wants instead."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.functional import Promise

from .access import Access

logger = logging.getLogger("authkit.authz")
Otherwise: TypeAlias = str | Promise | Callable[[Any], Any] | None

# The machine-readable reasons of a refusal, by status.
CODES = {401: "not_authenticated", 403: "permission_denied", 404: "not_found"}
JSON_TYPES = ("application/json", "application/problem+json")


def check_otherwise(otherwise: Otherwise) -> None:
    """Raises TypeError: *otherwise* cannot be answered with."""
    if otherwise is None or isinstance(otherwise, (str, Promise)) or callable(otherwise):
        return
    raise TypeError(f"otherwise is a url, its name or a function, not {otherwise!r}.")


def deny(access: Access, otherwise: Otherwise = None) -> HttpResponseBase:
    """The response. Raises PermissionDenied or Http404: the project has pages for them.

    Whoever is not logged in learns nothing but that, not even whether the record exists.
    """
    status = status_of(access)
    logger.info("%r refused to user %s: %s", access.request.path, access.user.pk, CODES[status])
    if callable(otherwise):
        return answered(otherwise(access.request))
    if wants_json(access.request):
        return problem(status)
    if otherwise is not None:
        return HttpResponseRedirect(resolve_url(str(otherwise)))
    if status == HTTPStatus.UNAUTHORIZED:
        # Of the path alone, so that it stays on this origin whatever the Host header says.
        return redirect_to_login(access.request.get_full_path())
    raise Http404 if status == HTTPStatus.NOT_FOUND else PermissionDenied


def status_of(access: Access) -> int:
    """401, 404 or 403."""
    if not access.user.is_authenticated:
        return 401
    return 404 if access.is_hidden() else 403


def answered(answer: Any) -> HttpResponseBase:
    """The project's own answer; a dictionary is JSON. Raises TypeError: it is neither."""
    if isinstance(answer, HttpResponseBase):
        return answer
    if isinstance(answer, dict):
        return private(JsonResponse(answer, status=403))
    raise TypeError(f"otherwise gave {answer!r}, which is no response and no dictionary.")


def problem(status: int) -> HttpResponseBase:
    """The refusal as RFC 9457 has it."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "code": CODES[status]}
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Session"  # RFC 9110 wants one; no browser asks for it
    return private(response)


def private(response: HttpResponseBase) -> HttpResponseBase:
    """*response*, to be kept by no cache and for no other kind of client."""
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept", "Cookie"])
    return response


def wants_json(request: Any) -> bool:
    """Whether the client is a program that reads JSON, rather than a browser that shows pages."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    sent = request.content_type or ""
    if sent == "application/json" or sent.endswith("+json"):
        return True
    return request.get_preferred_type(["text/html", *JSON_TYPES]) in JSON_TYPES
