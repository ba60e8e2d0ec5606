"""What the checks can say: each mistake once, under an id that is never given to another."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Issue:
    """A mistake: calling it with what its two texts name makes the message of a check."""

    code: str
    message: str
    hint: str

    @property
    def id(self) -> str:
        """What SILENCED_SYSTEM_CHECKS takes."""
        return f"authkit.{self.code}"

    def __call__(self, obj: Any = None, **names: object) -> CheckMessage:
        kind = Warning if self.code.startswith("W") else Error
        return kind(self.message % names, hint=self.hint % names, obj=obj, id=self.id)


ISSUES: dict[str, Issue] = {}


def issue(code: str, message: str, hint: str) -> Issue:
    """A new mistake; raises ValueError if the id is taken."""
    if code in ISSUES:
        raise ValueError(f"{code} is taken.")
    return ISSUES.setdefault(code, Issue(code, message, hint))


def advice(name: str, known: Iterable[str]) -> str:
    """What may have been meant by *name*, and what there is."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1)
    meant = f"Did you mean {close[0]!r}? " if close else ""
    return f"{meant}There are: {', '.join(names) or 'none'}."


def load(dotted: Any) -> tuple[Any, str]:
    """The object that *dotted* names and "", or None and what went wrong."""
    if not isinstance(dotted, str):
        return dotted, ""
    try:
        return import_string(dotted), ""
    except Exception as error:  # whatever a module of the project raises while it is imported
        return None, f"{type(error).__name__}: {error}"


def is_kind_of(dotted: Any, base: type) -> bool:
    """Whether *dotted* names *base* or a class that derives from it."""
    found, _error = load(dotted)
    return isinstance(found, type) and issubclass(found, base)
