"""The stock rules, for ``requires``, ``RequiresMixin``, ``permission_classes`` and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q

from . import resolver
from .access import Access, Some
from .arguments import UNSET, asked_member, group_holder, one_target, target_model
from .holders import NOBODY, holder_of, member_of
from .rule import Rule

__all__ = [
    "Rule",
    "anyone",
    "has_any_permission",
    "has_membership",
    "has_permission",
    "is_logged_in",
    "is_staff",
    "is_superuser",
    "owns",
]


class _Anyone(Rule):
    def ask(self, access: Access) -> bool:
        return True

    def __repr__(self) -> str:
        return "anyone"


class _IsLoggedIn(Rule):
    def ask(self, access: Access) -> bool:
        return member_of(access.user) is not NOBODY

    def __repr__(self) -> str:
        return "is_logged_in"


@dataclass(frozen=True, repr=False)
class _HasFlag(Rule):
    flag: str

    def ask(self, access: Access) -> bool:
        user = access.user
        return member_of(user) is not NOBODY and getattr(user, self.flag) is True

    def __repr__(self) -> str:
        return self.flag


@dataclass(frozen=True, repr=False)
class HasMembership(Rule):
    """See ``has_membership``."""

    group: Any

    def ask(self, access: Access) -> bool:
        return resolver.is_member(asked_member(access.user), group_holder(self.group))

    def __repr__(self) -> str:
        return f"has_membership({getattr(self.group, 'name', self.group)!r})"


@dataclass(frozen=True, repr=False)
class HasPermission(Rule):
    """See ``has_permission``."""

    name: str
    target: Any = UNSET
    record: str | None = None

    def ask(self, access: Access) -> bool:
        holder = holder_of(access.user)
        if self.record is None:
            subject = access.subject(self.target)
        else:
            subject = access.load(self.target, self.record)
        if not isinstance(subject, Some):
            target = one_target(subject)
        elif subject.key is None:
            return resolver.may_some(holder, self.name, one_target(subject.model))
        else:
            target = one_target(subject.model, subject.key)
        allowed = resolver.may(holder, self.name, target)
        if not allowed and target.is_record:
            access.turned_down.append(target)
        return allowed

    def __repr__(self) -> str:
        shown = [repr(self.name)]
        if self.target is not UNSET:
            shown.append(_label(self.target))
        if self.record is not None:
            shown.append(f"record={self.record!r}")
        return f"has_permission({', '.join(shown)})"


@dataclass(frozen=True, repr=False)
class HasAnyPermission(Rule):
    """See ``has_any_permission``."""

    name: str
    target: Any

    def ask(self, access: Access) -> bool:
        target = one_target(target_model(self.target))
        return resolver.may_some(holder_of(access.user), self.name, target)

    def __repr__(self) -> str:
        return f"has_any_permission({self.name!r}, {_label(self.target)})"


@dataclass(frozen=True, repr=False)
class Owns(Rule):
    """See ``owns``."""

    path: str
    target: Any = UNSET
    record: str | None = None

    def ask(self, access: Access) -> bool:
        if member_of(access.user) is NOBODY:
            return False
        record = self._record(access)
        if isinstance(record, Some):
            return self._owns_some(access, record)
        if isinstance(record, type):
            return False  # of a whole model, or of what is only to be made, nobody is the owner
        if not isinstance(record, Model):
            raise TypeError(f"{self!r} is about no record here: name the model and record=….")
        owned = self._is_owner(access.user, record)
        if not owned:
            access.turned_down.append(one_target(record))
        return owned

    def _owns_some(self, access: Access, some: Some) -> bool:
        rows = some.model._default_manager.filter(self.q(access.user))
        if some.key is None:
            return bool(rows.exists())
        owned = bool(rows.filter(pk=some.key).exists())
        if not owned:
            access.turned_down.append(one_target(some.model, some.key))
        return owned

    def q(self, user: Any) -> Q:
        """The records that *user* owns, for a list: nobody but active users owns any."""
        return Q(pk__in=[]) if member_of(user) is NOBODY else Q(**{self.path: user})

    def _record(self, access: Access) -> Any:
        if self.record is not None:
            return access.load(self.target, self.record)
        subject = access.subject(self.target)
        if isinstance(subject, (Model, Some)) or access.rule is None:
            return subject
        # The record that the rest of the rule is about, whichever stands first.
        for other in access.rule.walk():
            if isinstance(other, (HasPermission, Owns)) and other.record is not None:
                return access.load(other.target, other.record)
        return subject

    def _is_owner(self, user: Any, record: Model) -> bool:
        *path, last = self.path.split("__")
        owner_of: Any = record
        for part in path:
            try:
                owner_of = getattr(owner_of, part)
            except ObjectDoesNotExist:  # the other side of a OneToOneField
                owner_of = None
            if owner_of is None:
                return False
        field: Any = owner_of._meta.get_field(last)
        if field.related_model is not get_user_model():
            raise TypeError(f"{self!r}: {field} is no foreign key to the user model.")
        value = getattr(owner_of, field.attname)
        return value is not None and value == getattr(user, field.target_field.attname)

    def __repr__(self) -> str:
        named = f", {_label(self.target)}, record={self.record!r}" if self.record else ""
        return f"owns({self.path!r}{named})"


def _label(target: Any) -> str:
    return target if isinstance(target, str) else str(target._meta.label)


def _check(target: Any, record: str | None) -> None:
    """Raises TypeError: *target* is no model, or *record* is not the name of a part of the URL."""
    if record is not None and (target is UNSET or not isinstance(record, str)):
        raise TypeError("record= is the name of a part of the URL, beside the record's model.")
    if target is UNSET or isinstance(target, str):
        return
    if not (isinstance(target, type) and issubclass(target, Model)):
        raise TypeError(f"A rule's target is a model or its label, not {target!r}.")


anyone: Rule = _Anyone()
is_logged_in: Rule = _IsLoggedIn()
is_staff: Rule = _HasFlag("is_staff")
is_superuser: Rule = _HasFlag("is_superuser")


def has_membership(group: Any) -> HasMembership:
    """Holds for the members of *group*: its name, key or instance."""
    return HasMembership(group)


def has_permission(name: str, target: Any = UNSET, record: str | None = None) -> HasPermission:
    """Holds for whoever may *name*: on *target*, a model; on the record whose key is in the URL.

    Without a target it is about the record or list of a class-based view, else a capability.
    record: the name of the part of the URL.
    """
    _check(target, record)
    return HasPermission(name, target, record)


def has_any_permission(name: str, target: Any) -> HasAnyPermission:
    """Holds for whoever may *name* on the model *target* or on any record of it."""
    _check(target, None)
    return HasAnyPermission(name, target)


def owns(path: str, target: Any = UNSET, record: str | None = None) -> Owns:
    """Holds for the user whom the foreign key *path* ("author", "blog__owner") of the record names.

    The record is that of the URL, of a class-based view, or of another part of the rule. It gives
    no permission: ``auth.has_permission`` knows nothing of owners.
    """
    _check(target, record)
    return Owns(path, target, record)
