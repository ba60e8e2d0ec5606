"""Every URL of a project and what guards it, as far as can be seen without a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLResolver

from .authorization import is_of_admin, is_open
from .rule import Rule


class GuardedRoute(NamedTuple):
    """A URL, and the rules before it as text; "" where there are none."""

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
    rules = [*getattr(view, "authkit_rules", ()), *_rules_in_framework(view)]
    if rules:
        return ", ".join(map(repr, rules))
    if hasattr(view, "authkit_route"):
        return f"authkit's own: {view.authkit_route}"
    if is_of_admin(view):
        return "the admin's own"
    return "no login needed" if is_open(view) else _by_method(view)


def _rules_in_framework(view: Any) -> list[Rule]:
    """The rules in the ``permission_classes`` of a view of Django REST framework."""
    cls = getattr(view, "cls", None)
    found = getattr(view, "initkwargs", {}).get(
        "permission_classes", getattr(cls, "permission_classes", ())
    )
    return [each for each in found if isinstance(each, Rule)]


def _by_method(view: Any) -> str:
    """The rules of a class whose methods are decorated, all of them; else ""."""
    cls = getattr(view, "view_class", None)
    names = [name for name in getattr(cls, "http_method_names", ()) if hasattr(cls, name)]
    rules = {
        name: getattr(getattr(cls, name), "authkit_rules", ())
        for name in names
        if name != "options"  # tells no more than which methods there are
    }
    if not rules or not all(rules.values()):
        return ""
    return ", ".join(
        f"{name.upper()}: {' & '.join(map(repr, several))}" for name, several in rules.items()
    )
