"""``requires`` and ``public``: what stands in front of a view of any kind."""

from __future__ import annotations

from functools import wraps
from inspect import isawaitable
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.views import View

from . import framework
from .access import Access
from .denial import Otherwise
from .guard import Guard
from .including import guarded_include
from .requires_classes import guard_class
from .rule import Rule
from .rules import anyone

V = TypeVar("V")


class Requires(Guard):
    """Decorates functions, methods and classes; see ``requires``."""

    def __call__(self, view: V) -> V:
        """*view*, guarded. Raises TypeError: it is none, or cannot await what the rule needs."""
        if isinstance(view, type):
            if not issubclass(view, View):
                raise TypeError(f"{view!r} is no class-based view.")
            self.check(view, is_async=bool(view.view_is_async))
            guard_class(view, self)
            return view
        if not callable(view):
            raise TypeError(f"{view!r} is no view.")
        found: V = self._function(view)
        return found

    def include(self, arg: Any, namespace: str | None = None) -> Any:
        """What Django's ``include`` gives, with every view of it guarded."""
        return guarded_include(self, arg, namespace)

    def _function(self, view: Any) -> Any:
        is_async = iscoroutinefunction(view)
        self.check(view, is_async=is_async)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if _is_of_coroutines(view, args):
                return aguarded(*args, **kwargs)
            refusal = self.refusal(access_of(view, args, kwargs, self.rule))
            return self.personal(view(*args, **kwargs) if refusal is None else refusal)

        @wraps(view)
        async def aguarded(*args: Any, **kwargs: Any) -> Any:
            refusal = await self.arefusal(access_of(view, args, kwargs, self.rule))
            response = view(*args, **kwargs) if refusal is None else refusal
            return self.personal(await response if isawaitable(response) else response)

        found: Any = aguarded if is_async else guarded
        found.authkit_rules = (self.rule, *getattr(view, "authkit_rules", ()))
        return found


def requires(rule: Any, otherwise: Otherwise = None) -> Requires:
    """A decorator of views that lets pass whoever fulfils *rule*.

    rule: a rule, or a function of the request. otherwise: a url, its name, or a function of the
    request that gives a response or a dictionary; without it strangers are sent to the login, and
    who is known is refused. Raises TypeError: either is something else.
    """
    return Requires.of(rule, otherwise)


# Says of a view that everybody may see it, which is a rule like any other.
public = requires(anyone)


def access_of(view: Any, args: Any, kwargs: dict[str, Any], rule: Rule) -> Access:
    """What a call of *view* is about. Raises TypeError: it was called without a request."""
    request = next((arg for arg in args[:2] if _is_request(arg)), None)
    if request is None:
        raise TypeError(f"{view!r} was called without a request.")
    access = rule.about(request, kwargs=kwargs)
    if args[0] is not request:
        access.view = framework.unless_its(args[0])
    elif (owner := _owner_of(view)) is not None:
        access.view = framework.unless_its(owner)
    elif framework.unless_its(getattr(view, "view_class", None)):
        access.make_view = lambda: _instance(view, args, kwargs)
    return access


def _owner_of(method: Any) -> View | None:
    """The view whose *method* it is, where Django's ``method_decorator`` has bound it."""
    while method is not None:
        owner = getattr(getattr(method, "func", method), "__self__", None)
        if isinstance(owner, View):
            return owner
        method = getattr(method, "__wrapped__", None)  # another decorator stands between
    return None


def _is_of_coroutines(view: Any, args: Any) -> bool:
    """Whether *view* is the ``dispatch`` of a class with coroutines, which is none itself."""
    owner = args[0] if args and isinstance(args[0], View) else _owner_of(view)
    return owner is not None and bool(owner.view_is_async)


def _is_request(value: Any) -> bool:
    return isinstance(value, HttpRequest) or isinstance(
        getattr(value, "_request", None), HttpRequest
    )


def _instance(view: Any, args: Any, kwargs: Any) -> Any:
    """The class-based view behind *view*, a result of ``as_view()``."""
    instance = view.view_class(**view.view_initkwargs)
    instance.setup(*args, **kwargs)
    return instance
