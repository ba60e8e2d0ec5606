"""Every URL of a project and what guards it, as far as can be seen without a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLResolver

from .known_guards import guards_of, is_of_admin, needs_no_rule


class GuardedRoute(NamedTuple):
    """A URL, and what guards it as text; "" where nothing does."""

    path: str
    guarded_by: str


def guarded_routes(resolver: URLResolver, prefix: str = "") -> Iterator[GuardedRoute]:
    """Each URL below *resolver*, in the order in which they are tried."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from guarded_routes(pattern, path)
        else:
            yield GuardedRoute(path, guarded_by(pattern.callback))


def guarded_by(view: Any) -> str:
    """The rules before *view*, or which other guard it is known to have."""
    guards = guards_of(view)
    if guards.are_complete:
        return str(guards)
    if hasattr(view, "authkit_route"):
        return f"authkit's own: {view.authkit_route}"
    if is_of_admin(view):
        return "the admin's own"
    return "no login needed" if needs_no_rule(view) else ""
