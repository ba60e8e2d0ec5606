"""The request that is being served, for code that is not handed one."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest

# The request, never the user: touching a lazy ``request.user`` here would query from async code.
current_request: ContextVar[HttpRequest | None] = ContextVar("authkit_request", default=None)


def get_request() -> HttpRequest | None:
    """The current request, or None outside of one."""
    return current_request.get()
