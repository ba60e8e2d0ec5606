"""What the answers have to be: the same rules over plain sets, in no more words than they take."""

from __future__ import annotations

from dataclasses import dataclass, field

# A target is (), or the name of a model, or that with a key: ("post", 1).
Target = tuple[object, ...]
Grant = tuple[str, str, Target]  # group, name, target


@dataclass
class Person:
    """A user, as far as rights go."""

    pk: int
    superuser: bool
    status: str


@dataclass
class Reference:
    """Users, groups, memberships, grants and records; True stands for "in force"."""

    bypass: bool = True
    users: dict[str, Person] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    members: dict[tuple[str, str], bool] = field(default_factory=dict)  # user, group
    grants: dict[Grant, bool] = field(default_factory=dict)
    # Whom or what a record goes with: a user's name, another record, or nothing.
    records: dict[Target, object] = field(default_factory=dict)

    # Changes

    def delete_group(self, group: str) -> None:
        self.groups.discard(group)
        self.members = {key: ends for key, ends in self.members.items() if key[1] != group}
        self.grants = {grant: ends for grant, ends in self.grants.items() if grant[0] != group}

    def delete_user(self, user: str) -> None:
        del self.users[user]
        self.members = {key: ends for key, ends in self.members.items() if key[0] != user}
        self.delete_group(own_group(user))
        self._delete_what_goes_with(user)

    def delete_record(self, record: Target) -> None:
        for gone in [row for row in _same_rows(record) if row in self.records]:
            del self.records[gone]
            self.grants = {grant: end for grant, end in self.grants.items() if grant[2] != gone}
            self._delete_what_goes_with(gone)

    def _delete_what_goes_with(self, gone: object) -> None:
        for record in [record for record, owner in self.records.items() if owner == gone]:
            if record in self.records:
                self.delete_record(record)

    # Answers

    def may(self, holder: str | None, name: str, target: Target) -> bool:
        """Whether the user or group may *name* on *target*."""
        return self.may_everything(holder) or bool(self.because(holder, name, target))

    def may_some(self, holder: str | None, name: str, model: str) -> bool:
        """Whether there is a grant on the model or any of its records."""
        held = self._held(holder)
        found = any(each == name and target[:1] == (model,) for _g, each, target in held)
        return self.may_everything(holder) or found

    def because(self, holder: str | None, name: str, target: Target) -> set[Grant]:
        """The grants that a yes rests on."""
        return {grant for grant in self._held(holder) if grant[1] == name and covers(grant, target)}

    def is_member(self, user: str | None, group: str) -> bool:
        return self._is_active(user) and self.members.get((user or "", group), False)

    def may_everything(self, holder: str | None) -> bool:
        user = self.users.get(holder or "")
        return self.bypass and user is not None and user.superuser and self._is_active(holder)

    def perms(self, holder: str | None, target: Target = ()) -> set[tuple[str, Target]]:
        """Names and models of the grants on models, or of those that cover a record."""
        everyone = self.may_everything(holder)
        held = {grant for grant, good in self.grants.items() if good} if everyone else None
        return {
            (name, on[:1])
            for group, name, on in (self._held(holder) if held is None else held)
            if (covers((group, name, on), target) if target else len(on) < 2)
        }

    def has_module(self, holder: str | None) -> bool:
        """Whether there is a right on any model."""
        return self.may_everything(holder) or any(target for _g, _n, target in self._held(holder))

    def _is_active(self, user: str | None) -> bool:
        return user in self.users and self.users[user].status == "active"

    def _held(self, holder: str | None) -> set[Grant]:
        if holder in self.groups:
            groups = {holder}
        else:
            groups = {group for user, group in self.members if user == holder}
            groups = {group for group in groups if self.is_member(holder, group)}
        return {grant for grant, good in self.grants.items() if good and grant[0] in groups}


def covers(grant: Grant, target: Target) -> bool:
    """Whether it is on exactly the target, or on the model of the record."""
    return grant[2] == target or (len(target) == 2 and grant[2] == target[:1])


def own_group(user: str) -> str:
    return f"own group of {user}"


def _same_rows(record: Target) -> list[Target]:
    """A review and the post that it is are deleted together."""
    model, key = record
    return [("review", key), ("post", key)] if model in {"post", "review"} else [record]
