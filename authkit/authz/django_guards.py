"""Django's own guards, decorators and mixins, by the names that they have there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.mixins import AccessMixin, PermissionRequiredMixin
from django.views import View


def of_function(function: Any) -> list[str]:
    """The decorators of ``django.contrib.auth`` before *function*, the outermost first."""
    found = []
    while function is not None:
        module = getattr(function, "__globals__", {}).get("__name__")
        if module == "django.contrib.auth.decorators":
            if not _asks_for_nothing(function):
                found.append(_name(function))
        elif module == "django.utils.decorators":  # method_decorator, which tries them out as well
            for decorator in _cells(function).get("decorators", ()):
                found += of_function(decorator(_tried))
        function = getattr(function, "__wrapped__", None)
    return found


def of_class(cls: Any, initkwargs: Mapping[str, Any]) -> list[str]:
    """The mixins before ``View`` that guard *cls*, and the decorators of its ``dispatch``."""
    before_view = cls.__mro__[: cls.__mro__.index(View)]
    # Each asks in its ``dispatch``, if that is called before that of View. AccessMixin has none.
    mixins = [each for each in before_view if issubclass(each, AccessMixin) and each is not cls]
    found = [
        each.__name__
        for each in mixins
        if "dispatch" in vars(each)
        and not issubclass(each, View)
        and not (each is PermissionRequiredMixin and _needs_nothing(cls, initkwargs))
    ]
    for each in before_view:
        found += of_function(vars(each).get("dispatch"))
    return found


def _needs_nothing(cls: Any, initkwargs: Mapping[str, Any]) -> bool:
    """Whether *cls*, a PermissionRequiredMixin, asks for an empty list of permissions."""
    for name in ("has_permission", "get_permission_required"):
        if getattr(cls, name) is not getattr(PermissionRequiredMixin, name):
            return False
    needed = initkwargs.get("permission_required", cls.permission_required)
    return _is_empty(needed)


def _asks_for_nothing(wrapper: Any) -> bool:
    """Whether *wrapper* is ``permission_required`` with an empty list of permissions."""
    if _name(wrapper) != "permission_required":
        return False
    return _is_empty(_cells(_cells(wrapper)["test_func"]).get("perms"))


def _is_empty(perms: Any) -> bool:
    """None is an error of Django's, and no user has the permission of an empty name."""
    return perms is not None and not isinstance(perms, str) and not perms


def _tried(request: Any) -> None:
    """What a decorator is tried on."""


def _name(wrapper: Any) -> str:
    """What was written: all of them are ``user_passes_test``, with a function of their own."""
    asked: Any = _cells(wrapper).get("test_func")
    if not getattr(asked, "__module__", "").startswith("django."):
        return "user_passes_test"
    return str(asked.__qualname__.split(".")[0])


def _cells(function: Any) -> dict[str, Any]:
    """The variables that *function* has from around it."""
    cells = function.__closure__ or ()
    return {
        name: cell.cell_contents
        for name, cell in zip(function.__code__.co_freevars, cells, strict=True)
    }
