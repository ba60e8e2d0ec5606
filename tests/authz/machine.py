"""A machine that changes users, groups, grants and records, and asks about them in every way."""

from __future__ import annotations

import copy
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Model
from django.test import RequestFactory, override_settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from authkit import auth
from authkit.context import current_request
from authkit.exceptions import StatusError
from authkit.models import Event, Group, Mail, Membership, Permission, Status
from tests.authz.reference import Person, Reference, own_group
from tests.blog.models import Draft, Picture, Post, Review

User: Any = get_user_model()
ROOT = "root"
USERS = {"ann": 1, "bob": 2, "cat": 3}
GROUPS = {"readers": 10**6 + 1, "writers": 10**6 + 2}
NAMES = ["read", "write"]
MODELS: dict[str, type[Model]] = {"post": Post, "review": Review, "picture": Picture}
RECORDS = [("post", 1), ("post", 2), ("review", 3), ("post", 3)]
RECORDS += [("picture", uuid.UUID(int=1)), ("picture", uuid.UUID(int=2))]
TARGETS: list[tuple[Any, ...]] = [(), *[(model,) for model in MODELS], *RECORDS]
FALSY = [0, None, "", "0", False, uuid.UUID(int=0)]

users = st.sampled_from(sorted(USERS))
groups = st.sampled_from(sorted(GROUPS))
names = st.sampled_from(NAMES)
targets = st.sampled_from(TARGETS)
records = st.sampled_from(RECORDS)
expiries = st.sampled_from([None, timedelta(hours=1), timedelta(hours=-1)])
flags = st.booleans()


def ends(expiry: timedelta | None) -> Any:
    return None if expiry is None else timezone.now() + expiry


def in_force(expiry: timedelta | None) -> bool:
    return expiry is None or expiry > timedelta(0)


class Changes(RuleBasedStateMachine):
    """The rules that change something, in the database and in the reference."""

    def __init__(self) -> None:
        super().__init__()
        for rows in (Event, Mail, Permission, Membership, Picture, Review, Post, Group, User):
            rows._base_manager.all()._raw_delete("default")
        self.blocks: list[tuple[Any, Reference]] = []
        self.settings: Any = None
        self.token: Any = None
        self.world = Reference(users={ROOT: Person(100, superuser=True, status="active")})
        User.objects.create_superuser(pk=100, username=ROOT)

    @initialize(bypass=flags, populated=flags)
    def begin(self, *, bypass: bool, populated: bool) -> None:
        self.start_request(bypass=bypass)
        if populated:
            for user, group in zip(["ann", "bob"], GROUPS, strict=True):
                self.join(user, group, None)
            for record in RECORDS:
                self.create_record(record, "ann", 1)

    def teardown(self) -> None:
        while self.blocks:
            self.end_block(kept=False)
        self.leave_request()

    # Requests and transactions

    def leave_request(self) -> None:
        if self.token is not None:
            current_request.reset(self.token)
            self.settings.disable()
        self.token = None

    @precondition(lambda self: not self.blocks)
    @rule(bypass=flags)
    def start_request(self, *, bypass: bool) -> None:
        self.leave_request()
        self.world.bypass = bypass
        self.settings = override_settings(AUTHKIT={**settings.AUTHKIT, "SUPERUSER_BYPASS": bypass})
        self.settings.enable()
        self.token = current_request.set(RequestFactory().get("/"))

    @precondition(lambda self: len(self.blocks) < 2)
    @rule()
    def start_block(self) -> None:
        block = transaction.atomic()
        block.__enter__()
        self.blocks.append((block, copy.deepcopy(self.world)))

    @precondition(lambda self: self.blocks)
    @rule(kept=flags)
    def end_block(self, *, kept: bool) -> None:
        block, before = self.blocks.pop()
        if not kept:
            transaction.set_rollback(True)
            self.world = before
        block.__exit__(None, None, None)

    # Users and groups

    @rule(user=users, superuser=flags, status=st.sampled_from(Status.values[:3] + ["active"] * 3))
    def create_user(self, user: str, status: str, *, superuser: bool) -> None:
        if user not in self.world.users:
            pk = USERS[user]
            fields = {"status": status, "is_superuser": superuser}
            User.objects.create_user(pk=pk, username=user, **fields)
            self.world.users[user] = Person(pk, superuser=superuser, status=status)

    @rule(user=users, verb=st.sampled_from(["disable", "block", "allow", "approve"]), by_key=flags)
    def change_status(self, user: str, verb: str, *, by_key: bool) -> None:
        if user in self.world.users:
            known = USERS[user] if by_key else self.user(user)
            try:
                getattr(auth, f"{verb}_user")(known)
            except StatusError:
                return
            self.world.users[user].status = self.user(user).status

    @rule(user=users, way=st.sampled_from(["itself", "bulk"]))
    def delete_user(self, user: str, way: str) -> None:
        if user in self.world.users:
            rows = User.objects.filter(pk=USERS[user])
            rows.delete() if way == "bulk" else rows.get().delete()
            self.world.delete_user(user)

    @rule(group=groups)
    def create_group(self, group: str) -> None:
        if group not in self.world.groups:
            Group.objects.create(pk=GROUPS[group], name=group)
            self.world.groups.add(group)

    @rule(group=groups, way=st.sampled_from(["verb", "itself", "bulk"]))
    def delete_group(self, group: str, way: str) -> None:
        rows = Group.objects.filter(name=group)
        if way == "verb":
            assert auth.delete_group(group) == (group in self.world.groups)
        elif group in self.world.groups:
            rows.delete() if way == "bulk" else rows.get().delete()
        self.world.delete_group(group)

    @rule(user=users, group=groups, expiry=expiries)
    def join(self, user: str, group: str, expiry: Any) -> None:
        self.create_user(user, "active", superuser=False)
        self.create_group(group)
        auth.add_membership(group, USERS[user], expires_at=ends(expiry))
        self.world.members[user, group] = in_force(expiry)

    @rule(user=users, group=groups)
    def leave(self, user: str, group: str) -> None:
        if user in self.world.users and group in self.world.groups:
            was_there = self.world.members.pop((user, group), None) is not None
            assert auth.remove_membership(group, USERS[user]) == was_there

    # Grants

    @rule(group=groups, name=names, on=targets, expiry=expiries)
    def grant(self, group: str, name: str, on: Any, expiry: Any) -> None:
        self.create_group(group)
        auth.add_permission(group, name, *self.arguments(on), expires_at=ends(expiry))
        self.world.grants[group, name, on] = in_force(expiry)

    @rule(group=groups, chosen=st.sets(records, min_size=1, max_size=3), expiry=expiries)
    def grant_many(self, group: str, chosen: set[Any], expiry: Any) -> None:
        self.create_group(group)
        for model, cls in MODELS.items():
            keys = [key for each, key in chosen if each == model]
            auth.add_permission([group], NAMES, cls, keys, expires_at=ends(expiry))
        for on in chosen:
            for name in NAMES:
                self.world.grants[group, name, on] = in_force(expiry)

    @rule(user=users, name=names, on=targets)
    def grant_to_one(self, user: str, name: str, on: Any) -> None:
        self.create_user(user, "active", superuser=False)
        auth.add_permission(self.user(user), name, *self.arguments(on))
        own = own_group(user)
        self.world.groups.add(own)
        self.world.members[user, own] = True
        self.world.grants[own, name, on] = True

    @rule(group=groups, name=names, on=targets)
    def revoke(self, group: str, name: str, on: Any) -> None:
        if group in self.world.groups:
            was_there = self.world.grants.pop((group, name, on), None) is not None
            assert auth.remove_permission(group, name, *self.arguments(on)) == was_there

    @rule(group=groups)
    def expire_everything(self, group: str) -> None:
        Permission.objects.filter(group__name=group).update(expires_at=ends(timedelta(-1)))
        for grant in self.world.grants:
            self.world.grants[grant] &= grant[0] != group

    # Records

    @rule(record=records, author=st.none() | users, post=st.none() | st.sampled_from([1, 2, 3]))
    def create_record(self, record: Any, author: str | None, post: int | None) -> None:
        model, key = record
        taken = self.world.records.keys() & ({record} | {("post", key), ("review", key)})
        owner: Any = author if author in self.world.users else None
        if model == "picture":
            owner = ("post", post) if ("post", post) in self.world.records else None
            fields = {"post_id": owner and owner[1]}
        else:
            fields = {"author_id": owner and USERS[owner]}
        if not taken:
            MODELS[model].objects.create(pk=key, **fields)  # type: ignore[attr-defined]
            self.world.records[record] = owner
            if model == "review":
                self.world.records["post", key] = owner

    @rule(record=records, way=st.sampled_from(["itself", "bulk"]), as_draft=flags)
    def delete_record(self, record: Any, way: str, *, as_draft: bool) -> None:
        if record not in self.world.records:
            self.create_record(record, None, None)
        if record in self.world.records:
            model = Draft if as_draft and record[0] == "post" else MODELS[record[0]]
            rows = model.objects.filter(pk=record[1])  # type: ignore[attr-defined]
            rows.delete() if way == "bulk" else rows.get().delete()
            self.world.delete_record(record)

    # What the rules are made with

    def user(self, user: str) -> Any:
        return User.objects.get(username=user)

    def arguments(self, target: Any) -> tuple[Any, ...]:
        """*target* as the facade takes it."""
        return (MODELS[target[0]], *target[1:]) if target else ()
