"""The status machine: each action on each status."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from authkit.exceptions import StatusError
from authkit.models import Action, Status, User
from authkit.models.status import after

A, U, P, D, B = Status
NO = None
SECRET = "a new password, long enough"

users = User.objects

ACTIONS: dict[str, Callable[[User], None]] = {
    "verify": users.verify,
    "verify, approval wanted": partial(users.verify, approval=True),
    "approve": User.approve,
    "disable": User.disable,
    "block": User.block,
    "allow": User.allow,
    "reset": partial(users.reset_password, password=SECRET),
    "reset, approval wanted": partial(users.reset_password, password=SECRET, approval=True),
    "set a password": partial(users.set_password, password=SECRET),
    "set an address": partial(users.set_email, address="other@example.com"),
    "end the sessions": users.end_sessions,
}

# What each action makes of an account that is active, unverified, pending, disabled, blocked.
TABLE: dict[str, tuple[Status | None, ...]] = {
    "verify": (NO, A, NO, NO, NO),
    "verify, approval wanted": (NO, P, NO, NO, NO),
    "approve": (NO, NO, A, NO, NO),
    "disable": (D, NO, NO, NO, NO),
    "block": (B, B, B, B, NO),
    "allow": (NO, NO, NO, A, A),
    "reset": (A, A, NO, A, NO),
    "reset, approval wanted": (A, P, NO, A, NO),
    "set a password": (A, U, P, D, B),
    "set an address": (A, U, P, D, B),
    "end the sessions": (A, U, P, D, B),
}
CELLS = [
    pytest.param(action, status, result, id=f"{action} × {status.value}")
    for action, results in TABLE.items()
    for status, result in zip(Status, results, strict=True)
]


def columns(user: User) -> dict[str, Any]:
    return User.objects.filter(pk=user.pk).values().get()


@pytest.mark.parametrize(("action", "status", "result"), [c for c in CELLS if c.values[2]])
def test_an_allowed_transition(
    make_user: Callable[..., User], action: str, status: Status, result: Status
) -> None:
    user = make_user(status=status)
    sessions = user.get_session_auth_hash()

    ACTIONS[action](user)

    row = User.objects.get(pk=user.pk)
    # Blocked when it was made, the account was active before.
    kept = {B: "active"}.get(status, status) if result == B else ""
    found = (row.status, row.is_active, row.blocked_from, row.version)
    assert found == (result, result == A, kept, 1)
    assert columns(row) == {name: getattr(user, name) for name in columns(row)}
    assert user.get_session_auth_hash() == row.get_session_auth_hash() != sessions


@pytest.mark.parametrize(("action", "status", "result"), [c for c in CELLS if not c.values[2]])
def test_a_refused_transition_changes_nothing(
    make_user: Callable[..., User],
    events: Callable[[], list[str]],
    action: str,
    status: Status,
    result: None,
) -> None:
    user = make_user(status=status)
    before, loaded = columns(user), user.__dict__.copy()
    events()

    with pytest.raises(StatusError):
        ACTIONS[action](user)

    assert (columns(user), events()) == (before, [])
    assert {name: value for name, value in user.__dict__.items() if name != "_state"} == {
        name: value for name, value in loaded.items() if name != "_state"
    }


@pytest.mark.parametrize("status", [A, U, P, D])
def test_a_block_remembers_what_held_before(make_user: Callable[..., User], status: Status) -> None:
    user = make_user(status=status)

    user.block()
    blocked = columns(user)
    user.allow()

    assert (blocked["status"], blocked["blocked_from"]) == (B, status)
    assert (columns(user)["status"], columns(user)["blocked_from"]) == (status, "")


def test_a_user_created_blocked_was_active(make_user: Callable[..., User]) -> None:
    user = make_user(status=B)

    user.allow()

    assert columns(user)["status"] == A


OTHERS = set(Action) - {
    Action.VERIFY,
    Action.APPROVE,
    Action.DISABLE,
    Action.BLOCK,
    Action.ALLOW,
    Action.PASSWORD,
}


@pytest.mark.parametrize("action", sorted(OTHERS))
def test_other_actions_are_no_transitions(action: Action) -> None:
    with pytest.raises(StatusError):
        after(action, A)
