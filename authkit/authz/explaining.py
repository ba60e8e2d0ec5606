"""Why: the resolver's answer, what it rests on, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from authkit.models.permissions import is_permission_name
from authkit.models.targets import Target

from . import grants
from .holders import EVERYTHING, NOBODY, Holder, loaded
from .resolver import groups_with, may, read_alias


@dataclass(frozen=True, slots=True)
class Reason:
    """One path to a yes: a grant, and the membership that leads to it."""

    text: str
    group: Any = None
    permission: Any = None
    expires_at: datetime | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, the paths that lead to it, and what a no would have needed."""

    allowed: bool
    because: list[Reason] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.allowed


def explain(holder: Holder, name: str, target: Target) -> Decision:
    """Ask the resolver anew, and tell what its answer rests on."""
    using = read_alias()
    allowed = may(holder, name, target, remembered=False)
    known = loaded(holder, using)
    if not allowed:
        return Decision(allowed=False, missing=_missing(known, name, target))
    if known is EVERYTHING:
        return Decision(allowed=True, because=[Reason("an active superuser may do everything")])
    return Decision(allowed=True, because=list(_paths(known, name, target, using)))


def _paths(holder: Holder, name: str, target: Target, using: str) -> Any:
    rows = grants.granted_to(holder, using).filter(name=name, **grants.covering(target))
    for grant in rows.select_related("group", "content_type"):
        ends = f" until {grant.expires_at:%Y-%m-%d %H:%M}" if grant.expires_at else ""
        on = f" on {grant.describe_target()}" if grant.content_type_id else ""
        text = f"the group {grant.group} has {name!r}{on}{ends}"
        yield Reason(text, grant.group, grant, grant.expires_at)


def _missing(holder: Holder, name: str, target: Target) -> list[str]:
    if holder is NOBODY:
        return ["an active account"]
    if not is_permission_name(name):
        return [f"a name that a permission can have, not {name!r}"]
    if holder.how != "user":
        return [f"a grant of {name!r} to the group"]
    names = [str(group) for group in groups_with(name, target)[:20]]
    if not names:
        return [f"a grant of {name!r}: no group has it there"]
    return [f"a membership in one of the groups that have {name!r} there: {', '.join(names)}"]
