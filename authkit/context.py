"""The request that is being served, for code that is not handed one."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

# The request, never the user: touching a lazy ``request.user`` here would query from async code.
current_request: ContextVar[HttpRequest | None] = ContextVar("authkit_request", default=None)


def enter(request: HttpRequest) -> Token[HttpRequest | None]:
    """Make *request* the current one, within that which is; returns what undoes it."""
    # Once: whoever is entered again is not within itself.
    request.__dict__.setdefault("authkit_outer", current_request.get())
    return current_request.set(request)


def get_request() -> HttpRequest | None:
    """The current request, or None outside of one."""
    return current_request.get()
