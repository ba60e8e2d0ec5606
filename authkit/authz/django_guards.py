"""Django's own guards, decorators and mixins, by the names that they have there."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import AccessMixin
from django.views import View


def of_function(function: Any) -> list[str]:
    """The decorators of ``django.contrib.auth`` before *function*, the outermost first."""
    found = []
    while function is not None:
        module = getattr(function, "__globals__", {}).get("__name__")
        if module == "django.contrib.auth.decorators":
            found.append(_name(function))
        elif module == "django.utils.decorators":  # method_decorator, which tries them out as well
            for decorator in _cells(function).get("decorators", ()):
                found += of_function(decorator(_tried))
        function = getattr(function, "__wrapped__", None)
    return found


def of_class(cls: Any) -> list[str]:
    """The mixins before ``View`` that guard *cls*, and the decorators of its ``dispatch``."""
    before_view = cls.__mro__[: cls.__mro__.index(View)]
    mixins = [each for each in cls.__mro__ if issubclass(each, AccessMixin) and each is not cls]
    asking = [each for each in mixins if "dispatch" in vars(each)]
    # One that asks in ``dispatch`` does so where it is called before that of View. Without any, the
    # class asks in a method of its own.
    found = [each.__name__ for each in asking if each in before_view and not issubclass(each, View)]
    if mixins and not asking:
        found = [AccessMixin.__name__]
    for each in before_view:
        found += of_function(vars(each).get("dispatch"))
    return found


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
