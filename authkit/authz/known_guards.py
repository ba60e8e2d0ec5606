"""What guards a view, as far as can be seen without a request."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from types import CodeType, FunctionType
from typing import Any, NamedTuple

from django.contrib.admin.sites import AdminSite
from django.views import View
from django.views.generic import RedirectView

from . import django_guards, framework
from .requires_classes import RequiresMixin
from .rule import Rule, as_rule

# The functions that are defined in it.
_ADMIN_VIEW = {
    code for code in AdminSite.admin_view.__code__.co_consts if isinstance(code, CodeType)
}
# What tells no more than which methods there are, and what calls ``get``.
_HARMLESS = (View.options, RedirectView.options, RedirectView.head)
_SIGNS = {"AND": " & ", "OR": " | "}


class Guards(NamedTuple):
    """What stands before a view: rules, permissions of the framework, names of other guards.

    every: before all that it does. each: besides, before each method, or action of the framework.
    """

    every: list[Any]
    each: dict[str, list[Any]]

    @property
    def are_complete(self) -> bool:
        """Whether there is one before whatever the view does."""
        return bool(self.every) or (bool(self.each) and all(self.each.values()))

    @property
    def rules(self) -> list[Rule]:
        """Every rule among them."""
        several = [self.every, *self.each.values()]
        return [rule for guards in several for guard in guards for rule in _rules_in(guard)]

    def __str__(self) -> str:
        """As they are written; those of each method by its name, unless they are the same."""
        texts = {name: " & ".join(map(_told, guards)) for name, guards in self.each.items()}
        if len(set(texts.values())) > 1:
            texts = {name: f"{name}: {text or 'NO RULE'}" for name, text in texts.items()}
        return ", ".join([*map(_told, self.every), *filter(None, dict.fromkeys(texts.values()))])


def guards_of(view: Any) -> Guards:
    """What guards *view*, a function or the result of an ``as_view()``."""
    every = [*getattr(view, "authkit_rules", ()), *django_guards.of_function(view)]
    cls = getattr(view, "view_class", None)
    if framework.is_view(getattr(view, "cls", None)):
        return Guards(every, _in_framework(view))
    if cls is None:
        return Guards(every, {})
    if issubclass(cls, RequiresMixin):
        every += _of_mixin(cls, view.view_initkwargs)
    every = _distinct([*every, *django_guards.of_class(cls, view.view_initkwargs)])
    return Guards(every, _by_method(cls))


def is_guarded(view: Any, method: str) -> bool:
    """Whether *view* is guarded when it is asked by *method*, or needs no guard."""
    if needs_no_rule(view):
        return True
    guards = guards_of(view)
    actions = getattr(view, "actions", None) or {}
    name = actions.get(method.lower(), method)
    if name == "HEAD" and name not in guards.each:
        name = actions.get("get", "GET")
    return guards.are_complete or bool(guards.each.get(name))


def _of_mixin(cls: Any, initkwargs: Any) -> list[Rule]:
    """The rule of a class that has it also where the mixin stands last, behind ``as_view``."""
    rule = initkwargs.get("requires", cls.requires)
    return [] if rule is None else [as_rule(rule)]


def _by_method(cls: Any) -> dict[str, list[Any]]:
    found = {}
    for name in cls.http_method_names:
        handler = getattr(cls, name, None)
        if handler is not None and handler not in _HARMLESS:
            rules = getattr(handler, "authkit_rules", ())
            found[name.upper()] = [*rules, *django_guards.of_function(handler)]
    return found if any(found.values()) else {}


def _in_framework(view: Any) -> dict[str, list[Any]]:
    try:
        return framework.guards_of(view)
    except Exception:  # they depend on the request
        return {"": ["get_permissions()"]}


def _distinct(guards: list[Any]) -> list[Any]:
    return [guard for place, guard in enumerate(guards) if guard not in guards[:place]]


def _rules_in(guard: Any) -> Iterator[Rule]:
    if isinstance(guard, Rule):
        yield guard
    for part in framework.parts_of(guard):
        yield from _rules_in(part)


def _told(guard: Any) -> str:
    if isinstance(guard, str):
        return guard
    if isinstance(guard, Rule):
        return repr(guard)
    parts = framework.parts_of(guard)
    shown = [f"({_told(part)})" if framework.parts_of(part) else _told(part) for part in parts]
    kind = type(guard).__name__
    if not parts:
        return kind
    return f"~{shown[0]}" if len(parts) == 1 else _SIGNS.get(kind, f" {kind} ").join(shown)


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
