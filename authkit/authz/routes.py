"""Every URL of a project and what guards it, as far as can be seen without a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from django.contrib.admin.sites import AdminSite
from django.urls import URLResolver

from . import framework
from .rule import Rule

# The functions that are defined in it.
_ADMIN_VIEW = {
    code for code in AdminSite.admin_view.__code__.co_consts if isinstance(code, CodeType)
}


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
    return "no login needed" if needs_no_rule(view) else _by_method(view)


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


def needs_no_rule(view: Any) -> bool:
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
