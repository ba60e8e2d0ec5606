"""Every URL of a project and what guards it, as far as can be seen without a request."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver

from .faults import capabilities_of, faults_of
from .known_guards import guards_of, is_of_admin, needs_no_rule


class GuardedRoute(NamedTuple):
    """A URL, and what guards it as text; "" where nothing does. faults: what can never be asked."""

    path: str
    guarded_by: str
    faults: list[str]


def guarded_routes(
    resolver: URLResolver, prefix: str = "", above: Set[str] = frozenset()
) -> Iterator[GuardedRoute]:
    """Each URL below *resolver*, in the order in which they are tried.

    above: the parts of the URL that stand before it.
    """
    for pattern in resolver.url_patterns:
        path, params = prefix + str(pattern.pattern), above | _params(pattern)
        if isinstance(pattern, URLResolver):
            yield from guarded_routes(pattern, path, params)
        else:
            view = pattern.callback
            yield GuardedRoute(path, guarded_by(view), faults_of(view, params))


def _params(pattern: URLPattern | URLResolver) -> Set[str]:
    """The names of what *pattern* hands to a view."""
    found = pattern.pattern
    own = pattern.default_kwargs if isinstance(pattern, URLResolver) else pattern.default_args
    return {*found.converters, *found.regex.groupindex, *own}


def guarded_by(view: Any) -> str:
    """The rules before *view*, or which other guard it is known to have."""
    guards = guards_of(view)
    if not guards.rules:
        if hasattr(view, "authkit_route"):
            return f"authkit's own: {view.authkit_route}"
        if is_of_admin(view):
            return "the admin's own"
    if guards.are_complete:
        names = [f" (capability: {name})" for name in dict.fromkeys(capabilities_of(view))]
        return "".join([str(guards), *names])
    return "no login needed" if needs_no_rule(view) else ""
