"""Class-based views behind a guard, and every class below them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from . import framework
from .denial import Otherwise
from .guard import Guard


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
        access = guard.rule.about(request, kwargs=kwargs, view=framework.unless_its(self))

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
        guard = Guard.of(rule, initkwargs.get("otherwise", cls.otherwise))
        guard.check(cls, is_async=bool(cls.view_is_async))  # type: ignore[attr-defined]
        view = super().as_view(**initkwargs)  # type: ignore[misc]
        view.authkit_rules = (guard.rule, *getattr(view, "authkit_rules", ()))
        return view


def _own_guard(view: Any) -> Guard:
    own, cls = vars(view), type(view)
    # Looked up on the class, which does not make a method of a function.
    return Guard.of(own.get("requires", cls.requires), own.get("otherwise", cls.otherwise))
