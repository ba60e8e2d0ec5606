"""Why: the resolver's answer, what it rests on, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.utils import timezone

from authkit.models import (
    AbstractGroup,
    AbstractMembership,
    AbstractPermission,
    get_group_model,
    get_membership_model,
    get_permission_model,
)
from authkit.models.expiry import is_in_force
from authkit.models.permissions import is_permission_name
from authkit.models.targets import Target

from . import grants
from .holders import EVERYTHING, NOBODY, Holder, loaded
from .lists import groups_with
from .resolver import may, read_alias

# So many groups are named at most.
MOST = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """One path to a yes: a grant, and the membership that leads to it."""

    text: str
    group: AbstractGroup | None = None
    permission: AbstractPermission | None = None
    membership: AbstractMembership | None = None
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


class Path(NamedTuple):
    """A grant, and the membership that leads to it where it is a user's."""

    grant: Any
    membership: Any = None

    @property
    def expires_at(self) -> datetime | None:
        """The earlier end of both."""
        rows = [row for row in self if row is not None]
        return min((row.expires_at for row in rows if row.expires_at is not None), default=None)

    @property
    def is_in_force(self) -> bool:
        """Whether neither has ended."""
        return all(is_in_force(row) for row in self if row is not None)

    @property
    def words(self) -> str:
        """The grant as "'write' on blog.post 5"."""
        on = f" on {self.grant.describe_target()}" if self.grant.content_type_id else ""
        return f"{self.grant.name!r}{on}"


def _paths(holder: Holder, using: str, **which: Any) -> Iterator[Path]:
    """Every path of *holder*, a group or a user, also those that have ended.

    which: what the grants fulfil.
    """
    rows = get_permission_model()._base_manager.using(using).filter(**which)
    rows = rows.select_related("group", "content_type").order_by("pk")
    if holder.how != "user":
        column = "group__name" if holder.how == "group_name" else "group"
        yield from (Path(grant) for grant in rows.filter(**{column: holder.key}))
        return
    memberships = get_membership_model()._base_manager.using(using).filter(user=holder.key)
    held = list(rows.filter(group__in=memberships.values("group")))
    groups = {grant.group_id for grant in held}
    by_group = {row.group_id: row for row in memberships.filter(group__in=groups)}
    for grant in held:
        if grant.group_id in by_group:
            yield Path(grant, by_group[grant.group_id])


def explain(holder: Holder, name: str, target: Target, *, about: str = "user") -> Decision:
    """Ask the resolver anew, and tell what its answer rests on.

    about: whether a "user" or a "group" was asked about, where it is nobody.
    """
    using = read_alias()
    allowed = may(holder, name, target, remembered=False)
    known = loaded(holder, using)
    if allowed and known is EVERYTHING:
        return Decision(allowed=True, because=[Reason("an active superuser may do everything")])
    if known is NOBODY:
        return Decision(allowed=False, missing=[_nobody(holder, using, about)])
    if not is_permission_name(name):
        missing = f"a name that a permission can have, not {name!r}"
        return Decision(allowed=False, missing=[missing])
    found = list(_paths(known, using, name=name, **grants.covering(target)))
    if allowed:
        return Decision(allowed=True, because=[_reason(path) for path in found if path.is_in_force])
    ended = [_ended(path) for path in found if not path.is_in_force]
    return Decision(allowed=False, missing=[*ended, _missing(known, name, target, using)])


def _reason(path: Path) -> Reason:
    grant, membership = path
    ends = f" until {_time(path.expires_at)}" if path.expires_at else ""
    whose = "their own group" if grant.group.owner_id else f"the group {grant.group}"
    return Reason(
        f"{whose} has {path.words}{ends}", grant.group, grant, membership, path.expires_at
    )


def _nobody(holder: Holder, using: str, about: str) -> str:
    """What is missing where no grant could help."""
    if about == "group":
        return "a group that is stored"
    users = get_user_model()._base_manager.using(using)
    if holder.how == "user_key" and not users.filter(pk=holder.key).exists():
        return f"a user: nobody has the key {holder.key!r}"
    return "an active account"


def _ended(path: Path) -> str:
    """What has to be given again."""
    grant, membership = path
    if is_in_force(grant):
        ends = _time(membership.expires_at)
        return f"the membership in {grant.group}, which has {path.words}: it ended {ends}"
    return (
        f"the grant of {path.words} to the group {grant.group}: it ended {_time(grant.expires_at)}"
    )


def _missing(holder: Holder, name: str, target: Target, using: str) -> str:
    if holder.how != "user":
        key = {"name" if holder.how == "group_name" else "pk": holder.key}
        if not get_group_model()._base_manager.using(using).filter(**key).exists():
            return f"the group {holder.key!r}: there is none"
        return f"a grant of {name!r} to the group"
    # Whose own groups have it is nobody else's business, and nobody joins them.
    shared = groups_with(name, target).filter(owner=None)
    names = list(shared.values_list("name", flat=True)[:MOST])
    if not names:
        return f"a grant of {name!r} to the user or a group of theirs: no shared group has it there"
    return (
        f"a grant of {name!r} to the user, or a membership in one of the groups that have it "
        f"there: {', '.join(names)}"
    )


def _time(moment: datetime) -> str:
    """In the current time zone."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    return f"{local:%Y-%m-%d %H:%M}"
