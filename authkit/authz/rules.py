"""The stock rules, for ``requires``, ``RequiresMixin``, ``permission_classes`` and templates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from authkit.models import get_group_model

from . import resolver
from .access import Access, Place
from .arguments import UNSET, asked_member, group_holder, one_target, target_model
from .holders import NOBODY, holder_of, member_of
from .owning import OwnedBy, is_owner
from .records import load
from .rule import Rule
from .subjects import Capability, KeyedRecord, OneRecord, SomeRecord, Subject, WholeModel, target_of
from .views import subject_of

__all__ = [
    "Access",
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


class _OnRecord(Rule):
    """A rule that may name a model and the place of its record, else asks the view."""

    target: Any
    record: str | None

    @property
    def place(self) -> Place | None:
        """Where its record is."""
        return None if self.record is None else Place(self.target, self.record)

    def subject(self, access: Access) -> Subject:
        """What it is about."""
        if self.place is None:
            return subject_of(access, self.target)
        return OneRecord(load(access, self.place))

    def _named(self) -> str:
        """The arguments but the first, as they are written."""
        target = "" if self.target is UNSET else f", {_label(self.target)}"
        return target if self.record is None else f"{target}, record={self.record!r}"


@dataclass(frozen=True, repr=False)
class HasPermission(_OnRecord):
    """See ``has_permission``."""

    name: str
    target: Any = UNSET
    record: str | None = None

    def ask(self, access: Access) -> bool:
        holder = holder_of(access.user)
        subject = self.subject(access)
        target = target_of(subject)
        if isinstance(subject, SomeRecord):
            return resolver.may_some(holder, self.name, target)
        allowed = resolver.may(holder, self.name, target)
        if not allowed and isinstance(subject, KeyedRecord | OneRecord):
            access.turned_down.append(target)
        return allowed

    def __repr__(self) -> str:
        return f"has_permission({self.name!r}{self._named()})"


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
class Owns(_OnRecord):
    """See ``owns``."""

    path: str
    target: Any = UNSET
    record: str | None = None

    def ask(self, access: Access) -> bool:
        if member_of(access.user) is NOBODY:
            return False
        subject = self.subject(access)
        if isinstance(subject, Capability):
            raise TypeError(f"{self!r} is about no record here: name the model and record=….")
        if isinstance(subject, WholeModel):
            return False  # of a whole model, or of what is only to be made, nobody is the owner
        if isinstance(subject, SomeRecord):
            return self._owned(access.user, subject.model).exists()
        if isinstance(subject, KeyedRecord):
            owned = self._owned(access.user, subject.model).filter(pk=subject.key).exists()
        else:
            owned = is_owner(access.user, subject.record, self.path)
        if not owned:
            access.turned_down.append(target_of(subject))
        return owned

    def _owned(self, user: Any, model: type[Model]) -> QuerySet[Any]:
        return model._default_manager.filter(self.q(user))

    def q(self, user: Any) -> Q:
        """The records that *user* owns, for a list: nobody but active users owns any."""
        return Q(OwnedBy(None if member_of(user) is NOBODY else user, self.path))

    def subject(self, access: Access) -> Subject:
        subject = super().subject(access)
        if isinstance(subject, (Capability, WholeModel)) and access.place is not None:
            # The record that the rest of the rule is about, whichever stands first.
            return OneRecord(load(access, access.place))
        return subject

    def __repr__(self) -> str:
        return f"owns({self.path!r}{self._named()})"


def _label(target: Any) -> str:
    return target if isinstance(target, str) else str(target._meta.label)


def _check_word(word: Any, what: str) -> None:
    """Raises TypeError: *word* is no text."""
    if not isinstance(word, str) or not word:
        raise TypeError(f"A rule begins with {what}, not with {word!r}; join several by & or |.")


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
    is_key = isinstance(group, (str, int, UUID)) and not isinstance(group, bool)
    # A model is asked for only then, as rules may be written before all models are loaded.
    if not is_key and not (isinstance(group, Model) and isinstance(group, get_group_model())):
        raise TypeError(
            f"has_membership(group) is of one group, by its name, key or instance, not {group!r}; "
            "join several by & or |."
        )
    return HasMembership(group)


def has_permission(name: str, target: Any = UNSET, record: str | None = None) -> HasPermission:
    """Holds for whoever may *name*: on *target*, a model; on the record whose key is in the URL.

    Without a target it is about the record or list of a class-based view, else a capability.
    record: the name of the part of the URL.
    """
    _check_word(name, 'the name of one permission: has_permission("write", …)')
    _check(target, record)
    return HasPermission(name, target, record)


def has_any_permission(name: str, target: Any) -> HasAnyPermission:
    """Holds for whoever may *name* on the model *target* or on any record of it."""
    _check_word(name, 'the name of one permission: has_any_permission("write", …)')
    _check(target, None)
    return HasAnyPermission(name, target)


def owns(path: str, target: Any = UNSET, record: str | None = None) -> Owns:
    """Holds for the user whom the foreign key *path* ("author", "blog__owner") of the record names.

    The record is that of the URL, of a class-based view, or of another part of the rule. It gives
    no permission: ``auth.has_permission`` knows nothing of owners.
    """
    _check_word(path, 'the path of a foreign key: owns("author", …)')
    _check(target, record)
    return Owns(path, target, record)
