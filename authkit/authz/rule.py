"""A rule: a condition on a request that composes, prints itself and fails closed.

Answers are True, False or None: nobody can tell, because a condition raised or gave no bool. None
stays None through ``~`` and denies in the end; ``|`` still holds if its other side does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

from asgiref.sync import iscoroutinefunction

from . import framework
from .access import Access, Place
from .arguments import UNSET
from .deciding import Steps, adecide, decide


class Rule:
    """The base of all rules. A rule of your own answers ``ask``."""

    parts: tuple[Rule, ...] = ()
    # How tightly it binds when printed, so that parentheses stand where they are needed.
    binding: ClassVar[int] = 3
    is_async = False

    def ask(self, access: Access) -> bool:
        """Whether it holds; whatever it raises denies."""
        raise NotImplementedError

    async def aask(self, access: Access) -> bool:
        """The same, awaited, for a rule that ``is_async``."""
        raise NotImplementedError

    def holds(self, request: Any, record: Any = UNSET) -> bool:
        """Whether *request* fulfils it, for *record* where it names none itself.

        Raises ValueError: the record is None.
        """
        return decide(self, self._given(request, record)) is True

    async def aholds(self, request: Any, record: Any = UNSET) -> bool:
        """The same in a coroutine."""
        return await adecide(self, self._given(request, record)) is True

    def _given(self, request: Any, record: Any) -> Access:
        if record is None:
            raise ValueError("None is no record. Leave it out to ask without one.")
        return self.about(request, record=None if record is UNSET else record)

    def about(self, request: Any, **known: Any) -> Access:
        """What is asked: *request*, and what else is *known* of it, by the fields of Access."""
        return Access(request, place=self.first_place(), **known)

    @property
    def place(self) -> Place | None:
        """Where it finds its record, if it names a part of the URL."""
        return None

    def first_place(self) -> Place | None:
        """Where the first of its parts that names a part of the URL finds its record."""
        return next((part.place for part in self.walk() if part.place), None)

    # Structure

    def walk(self) -> Iterator[Rule]:
        """The rule and all that it is made of."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def steps(self) -> Steps:
        """The rules to ask, one after the other; each answer is sent in, the last one returned."""
        answer = yield self
        return answer

    def __and__(self, other: Any) -> Rule:
        return NotImplemented if _is_foreign(other) else AllOf(self, as_rule(other))

    def __rand__(self, other: Any) -> Rule:
        return NotImplemented if _is_foreign(other) else AllOf(as_rule(other), self)

    def __or__(self, other: Any) -> Rule:
        return NotImplemented if _is_foreign(other) else OneOf(self, as_rule(other))

    def __ror__(self, other: Any) -> Rule:
        return NotImplemented if _is_foreign(other) else OneOf(as_rule(other), self)

    def __invert__(self) -> Rule:
        return Not(self)

    def __bool__(self) -> bool:
        # ``a and b`` would be b alone.
        raise TypeError("Rules are combined by & | ~, not by and, or, not.")

    # In Django REST framework, where it stands in ``permission_classes`` as it is

    def __call__(self) -> Self:
        return self

    def has_permission(self, request: Any, view: Any) -> bool:
        """Before a record is known: a list needs some record, a new record the whole model."""
        return framework.permits(self, self.about(request, kwargs=view.kwargs, view=view))

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        """For the record. Raises Http404: it may not even be read."""
        access = self.about(request, kwargs=view.kwargs, view=view, record=obj)
        return framework.permits(self, access)


class _Composed(Rule):
    """A rule that is what its parts are, also when a view makes it anew each time it is asked."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rule) and type(other) is type(self) and other.parts == self.parts

    def __hash__(self) -> int:
        return hash((type(self), self.parts))


class _Several(_Composed):
    """Rules that are asked in order until one of them decides."""

    decisive: ClassVar[bool]
    sign: ClassVar[str]

    def __init__(self, *parts: Rule) -> None:
        nested = [part.parts if type(part) is type(self) else (part,) for part in parts]
        self.parts = tuple(part for several in nested for part in several)

    def steps(self) -> Steps:
        unknown = False
        for part in self.parts:
            answer = yield from part.steps()
            if answer is self.decisive:
                return answer
            unknown = unknown or answer is None
        return None if unknown else not self.decisive

    def __repr__(self) -> str:
        return f" {self.sign} ".join(_bracketed(part, self.binding) for part in self.parts)


class AllOf(_Several):
    """Holds when each of its parts does: ``a & b``."""

    decisive, sign, binding = False, "&", 1


class OneOf(_Several):
    """Holds when one of its parts does: ``a | b``."""

    decisive, sign, binding = True, "|", 0


class Not(_Composed):
    """Holds when its part is known not to: ``~a``."""

    binding = 2

    def __init__(self, part: Rule) -> None:
        self.parts = (part,)

    def steps(self) -> Steps:
        answer = yield from self.parts[0].steps()
        return None if answer is None else not answer

    def __repr__(self) -> str:
        return f"~{_bracketed(self.parts[0], self.binding)}"


class Condition(Rule):
    """A plain function of the request."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self.is_async = is_coroutine_callable(function)

    def ask(self, access: Access) -> bool:
        answer: bool = self.function(access.request)
        return answer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and other.function == self.function

    def __hash__(self) -> int:
        return hash(self.function)

    async def aask(self, access: Access) -> bool:
        """The same for a coroutine function."""
        answer: bool = await self.function(access.request)
        return answer

    def __repr__(self) -> str:
        return getattr(self.function, "__qualname__", repr(self.function))


def _bracketed(part: Rule, binding: int) -> str:
    return f"({part!r})" if part.binding < binding else repr(part)


def _is_foreign(other: Any) -> bool:
    """Whether it is a permission of the framework, which then combines the two, or nothing such."""
    return framework.is_permission(other) or not (isinstance(other, Rule) or callable(other))


def is_coroutine_callable(function: Any) -> bool:
    """Whether calling it gives a coroutine."""
    call = getattr(type(function), "__call__", None)  # noqa: B004, its kind is what is asked for
    return iscoroutinefunction(getattr(function, "func", function)) or iscoroutinefunction(call)


def as_rule(condition: Any) -> Rule:
    """*condition* as a rule. Raises TypeError: it is neither a rule nor a function of a request."""
    if isinstance(condition, Rule):
        return condition
    if isinstance(condition, type) or not callable(condition):
        raise TypeError(f"A rule or a function of the request is needed, not {condition!r}.")
    return Condition(condition)
