"""However it is asked, and whatever happened before: the answer is that of the reference.

AUTHKIT_MACHINE=thorough looks longer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from authkit import auth
from authkit.models import Group
from tests.authz.faults import FAULTS
from tests.authz.machine import (
    FALSY,
    GROUPS,
    MODELS,
    NAMES,
    ROOT,
    TARGETS,
    USERS,
    Changes,
    flags,
    groups,
    names,
    targets,
)
from tests.authz.reference import Target, own_group
from tests.blog.models import Draft

pytestmark = pytest.mark.django_db(transaction=True)

SHORT = {"max_examples": 30, "stateful_step_count": 30, "derandomize": True}
THOROUGH = {"max_examples": 200, "stateful_step_count": 50, "print_blob": True}
HASTY = {"max_examples": 60, "stateful_step_count": 30, "derandomize": True}
COMMON = {"deadline": None, "database": None, "suppress_health_check": [*HealthCheck]}

people = st.sampled_from([*sorted(USERS), ROOT])


class Machine(Changes):
    """The rules that ask."""

    @invariant()
    def everybody_may_what_the_reference_says(self) -> None:
        for user in self.world.users:
            known = self.user(user)
            for target in TARGETS:
                for name in NAMES:
                    answer = auth.has_permission(name, *self.arguments(target), user=known)
                    assert answer == self.world.may(user, name, target), (user, name, target)

    @rule(user=people, name=names, on=targets, by_key=flags, twin=flags, as_draft=flags)
    def ask_about_a_user(
        self, user: str, name: str, on: Any, *, by_key: bool, twin: bool, as_draft: bool
    ) -> None:
        pk = USERS.get(user, 100)
        known = self.user(user) if user in self.world.users and not by_key else pk
        self.compare({"user": known}, user, name, on, twin=twin, as_draft=as_draft)
        users = {self.world.users[each].pk for each in self.world.users}
        arguments = self.arguments(on, as_draft=as_draft)
        assert (
            {row.pk for row in self.ask("users_with", name, *arguments, twin=twin)}
            == {
                person.pk
                for each, person in self.world.users.items()
                if self.world.may(each, name, on)
            }
            <= users
        )
        for group in GROUPS:
            answer = self.ask("has_membership", group, user=known, twin=twin)
            assert answer == self.world.is_member(user, group)

    @rule(group=groups, name=names, on=targets, by_name=flags, twin=flags, as_draft=flags)
    def ask_about_a_group(
        self, group: str, name: str, on: Any, *, by_name: bool, twin: bool, as_draft: bool
    ) -> None:
        known = group if by_name else GROUPS[group]
        self.compare({"group": known}, group, name, on, twin=twin, as_draft=as_draft)
        arguments = self.arguments(on, as_draft=as_draft)
        assert {row.name for row in self.ask("groups_with", name, *arguments, twin=twin)} == {
            self.stored_name(each) for each in self.world.groups if self.world.may(each, name, on)
        }

    def compare(
        self, who: Any, holder: str, name: str, target: Any, *, twin: bool, as_draft: bool
    ) -> None:
        """All the ways to ask about one holder, name and target."""
        arguments = self.arguments(target, as_draft=as_draft)
        expected = self.world.may(holder, name, target)
        assert self.ask("has_permission", name, *arguments, **who, twin=twin) == expected
        decision = self.ask("explain", name, *arguments, **who, twin=twin)
        assert (decision.allowed, bool(decision.because)) == (expected, expected)
        if not self.world.may_everything(holder):
            assert len(decision.because) == len(self.world.because(holder, name, target))
        if not target:
            return
        model, cls = target[0], arguments[0]
        some = self.ask("has_any_permission", name, cls, **who, twin=twin)
        assert some == self.world.may_some(holder, name, model)
        stored = {key for each, key in self.world.records if each == model}
        allowed = {key for key in stored if self.world.may(holder, name, (model, key))}
        rows = self.ask("permitted", cls, name, **who, twin=twin)
        assert set(rows.values_list("pk", flat=True)) == allowed
        many = self.ask("check_many", NAMES, cls.objects.all(), **who, twin=twin)
        assert {key for (each, key), answer in many.items() if answer and each == name} == allowed
        assert len(many) == len(NAMES) * len(stored)

    @rule(user=people, name=names, on=targets, twin=flags)
    def ask_at_the_door_of_django(self, user: str, name: str, on: Any, *, twin: bool) -> None:
        if user not in self.world.users:
            return
        known = self.user(user)
        perm = self.perm(name, on[:1])
        assert known.has_module_perms("blog") == self.world.has_module(user)
        assert known.get_all_permissions() == self.perms(user)
        if len(on) < 2:
            assert known.has_perm(perm) == self.world.may(user, name, on)
        elif on in self.world.records:
            record = self.arguments(on)[0].objects.get(pk=on[1])
            assert known.has_perm(perm, record) == self.world.may(user, name, on)
            assert known.get_all_permissions(record) == self.perms(user, on)

    @rule(user=people, falsy=st.sampled_from(FALSY), model=st.sampled_from(sorted(MODELS)))
    def ask_for_what_is_no_key(self, user: str, falsy: Any, model: str) -> None:
        for verb in (auth.has_permission, auth.explain):
            with pytest.raises(ValueError, match="no primary key|no record"):
                verb("read", MODELS[model], falsy, user=USERS.get(user, 100))
        assert not auth.has_permission("read", MODELS[model], user=None)

    # What is asked with, and what it is called

    def ask(self, verb: str, *args: Any, twin: bool, **kwargs: Any) -> Any:
        if twin:
            return async_to_sync(getattr(auth, f"a{verb}"))(*args, **kwargs)
        return getattr(auth, verb)(*args, **kwargs)

    def arguments(self, target: Any, *, as_draft: bool = False) -> tuple[Any, ...]:
        found = super().arguments(target)
        return (Draft, *target[1:]) if as_draft and target[:1] == ("post",) else found

    def stored_name(self, group: str) -> str:
        owners = {own_group(user): f"user_{pk}" for user, pk in USERS.items()}
        assert Group.objects.filter(name=owners.get(group, group)).exists()
        return owners.get(group, group)

    def perm(self, name: str, target: Target) -> str:
        return f"blog.{name}_{target[0]}" if target else name

    def perms(self, user: str, target: Target = ()) -> set[str]:
        return {self.perm(name, on) for name, on in self.world.perms(user, target)}


def test_all_ways_to_ask_agree_with_the_reference() -> None:
    thorough = os.environ.get("AUTHKIT_MACHINE") == "thorough"
    profile: dict[str, Any] = THOROUGH if thorough else SHORT
    run_state_machine_as_test(Machine, settings=settings(**COMMON, **profile))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(
    fault: Callable[[], AbstractContextManager[None]], capsys: pytest.CaptureFixture[str]
) -> None:
    found = settings(**COMMON, **HASTY, phases=[Phase.generate], report_multiple_bugs=False)
    with fault(), pytest.raises((AssertionError, pytest.fail.Exception)):
        run_state_machine_as_test(Machine, settings=found)
