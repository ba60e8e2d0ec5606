"""A guard: a rule, and what happens otherwise, in front of views of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.views import View

from . import framework
from .access import Access
from .deciding import adecide, decide
from .denial import Otherwise, answered, check_otherwise, deny
from .including import guarded_include
from .rule import Rule, as_rule, is_coroutine_callable
from .rules import anyone

V = TypeVar("V")
Refusal = HttpResponseBase | None


@dataclass(frozen=True)
class Guard:
    """Decorates functions, methods and classes; lets pass whoever fulfils its rule."""

    rule: Rule
    otherwise: Otherwise = None

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

    def check(self, view: Any, *, is_async: bool) -> None:
        """Raises TypeError: a coroutine would have to be awaited in a view that is none."""
        waits = any(part.is_async for part in self.rule.walk())
        if not is_async and (waits or is_coroutine_callable(self.otherwise)):
            raise TypeError(f"{view!r} is no coroutine, so that {self.rule!r} cannot be awaited.")

    def _function(self, view: Any) -> Any:
        is_async = iscoroutinefunction(view)
        self.check(view, is_async=is_async)

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            refusal = self.refusal(access_of(view, args, kwargs, self.rule))
            return self.personal(view(*args, **kwargs) if refusal is None else refusal)

        @wraps(view)
        async def aguarded(*args: Any, **kwargs: Any) -> Any:
            refusal = await self.arefusal(access_of(view, args, kwargs, self.rule))
            return self.personal(await view(*args, **kwargs) if refusal is None else refusal)

        found: Any = aguarded if is_async else guarded
        found.authkit_rules = (self.rule, *getattr(view, "authkit_rules", ()))
        return found

    def personal(self, response: Any) -> Any:
        """*response*, which a cache keeps for each session, unless everybody may pass."""
        if self.rule is not anyone and isinstance(response, HttpResponseBase):
            patch_vary_headers(response, ["Cookie"])
        return response

    # Asking

    def refusal(self, access: Access) -> Refusal:
        """The response to whoever may not pass; None: the view's turn."""
        allowed = decide(self.rule, access) is True
        access.mark_asked()
        return None if allowed else deny(access, self.otherwise)

    async def arefusal(self, access: Access) -> Refusal:
        """The same in a coroutine."""
        allowed = await adecide(self.rule, access) is True
        access.mark_asked()
        _share_user(access.http_request)
        if allowed:
            return None
        if is_coroutine_callable(self.otherwise):
            # Told like every other refusal, before it is answered.
            return await sync_to_async(deny)(access, await self._awaited(access))
        return await sync_to_async(deny)(access, self.otherwise)

    async def _awaited(self, access: Access) -> Callable[[Any], HttpResponseBase]:
        function: Any = self.otherwise
        answer = answered(await function(access.request))
        return lambda request: answer


def requires(rule: Any, otherwise: Otherwise = None) -> Guard:
    """A decorator of views that lets pass whoever fulfils *rule*.

    rule: a rule, or a function of the request. otherwise: a url, its name, or a function of the
    request that gives a response or a dictionary; without it strangers are sent to the login, and
    who is known is refused. Raises TypeError: either is something else.
    """
    check_otherwise(otherwise)
    return Guard(as_rule(rule), otherwise)


def access_of(view: Any, args: Any, kwargs: dict[str, Any], rule: Rule) -> Access:
    """What a call of *view* is about. Raises TypeError: it was called without a request."""
    request = next((arg for arg in args[:2] if _is_request(arg)), None)
    if request is None:
        raise TypeError(f"{view!r} was called without a request.")
    access = rule.about(request, kwargs=kwargs)
    if args[0] is not request:
        access.view = _plain(args[0])
    elif (owner := _owner_of(view)) is not None:
        access.view = _plain(owner)
    elif _plain(getattr(view, "view_class", None)):
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


def _is_request(value: Any) -> bool:
    return isinstance(value, HttpRequest) or isinstance(
        getattr(value, "_request", None), HttpRequest
    )


def _share_user(request: Any) -> None:
    """What Django has loaded for ``request.user`` need not be loaded again for ``auser()``."""
    known = vars(request)
    if "_cached_user" in known:
        known.setdefault("_acached_user", known["_cached_user"])


def _plain(view: Any) -> Any:
    """*view*, unless it belongs to a framework that asks about its records itself, and later."""
    return None if framework.is_view(view) else view


def _instance(view: Any, args: Any, kwargs: Any) -> Any:
    """The class-based view behind *view*, a result of ``as_view()``."""
    instance = view.view_class(**view.view_initkwargs)
    instance.setup(*args, **kwargs)
    return instance


# Classes


def guard_class(cls: Any, guard: Guard) -> None:
    """Guard *cls* and its subclasses, also one that has a ``dispatch`` of its own."""
    inherited = vars(cls).get("__init_subclass__")
    token = object()  # of its own, so that a class may be decorated twice

    def wrap(sub: Any) -> None:
        known = getattr(sub.dispatch, "authkit_rules", ())
        sub.dispatch = guarded_dispatch(sub.dispatch, token, lambda view: guard)
        # Django copies it from there to what as_view() gives.
        sub.dispatch.authkit_rules = known if guard.rule in known else (guard.rule, *known)

    def init_subclass(sub: Any, /, **kwargs: Any) -> None:
        if inherited is None:
            super(cls, sub).__init_subclass__(**kwargs)
        else:
            inherited.__get__(None, sub)(**kwargs)
        wrap(sub)

    wrap(cls)
    cls.__init_subclass__ = classmethod(init_subclass)


def guarded_dispatch(dispatch: Any, token: Any, guard_of: Callable[[Any], Guard]) -> Any:
    """*dispatch*, guarded once in a request, however many classes wrap it for *token*."""

    @wraps(dispatch)
    def guarded(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        asked = vars(self).setdefault("_authkit_asked", [])
        if (token, request) in asked:
            return dispatch(self, request, *args, **kwargs)
        asked.append((token, request))
        guard = guard_of(self)
        access = guard.rule.about(request, kwargs=kwargs, view=_plain(self))

        async def answer() -> Any:
            refusal = await guard.arefusal(access)
            if refusal is not None:
                return guard.personal(refusal)
            return guard.personal(await dispatch(self, request, *args, **kwargs))

        if self.view_is_async:
            return answer()
        refusal = guard.refusal(access)
        if refusal is not None:
            return guard.personal(refusal)
        return guard.personal(dispatch(self, request, *args, **kwargs))

    return guarded


class RequiresMixin:
    """Guards a class-based view by the rule in ``requires``."""

    requires: Any = None
    otherwise: Otherwise = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "dispatch"):  # a mixin of the project's own has none
            cls.dispatch = guarded_dispatch(cls.dispatch, RequiresMixin, _own_guard)

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        """The view. Raises TypeError: there is no rule, or one that cannot be awaited in it."""
        rule = initkwargs.get("requires", cls.requires)
        guard = requires(rule, initkwargs.get("otherwise", cls.otherwise))
        guard.check(cls, is_async=bool(cls.view_is_async))  # type: ignore[attr-defined]
        view = super().as_view(**initkwargs)  # type: ignore[misc]
        view.authkit_rules = (guard.rule, *getattr(view, "authkit_rules", ()))
        return view


def _own_guard(view: Any) -> Guard:
    own, cls = vars(view), type(view)
    # Looked up on the class, which does not make a method of a function.
    return requires(own.get("requires", cls.requires), own.get("otherwise", cls.otherwise))
