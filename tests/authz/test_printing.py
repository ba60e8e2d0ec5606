"""A name from elsewhere writes nothing to the terminal."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from typing import Any

from authkit import auth
from authkit.models import Group
from tests.authz.commands import run
from tests.authz.policies import export

FORGED = "x\r\x1b[2J\x9b\u202e\n+ group ok"


def test_a_name_writes_nothing_to_the_terminal(db: None, sync_policy: Any) -> None:
    # As rows from elsewhere have it: no group can be made with it.
    Group.objects.create_group("plain")
    Group._base_manager.update(name=FORGED)
    text = export()
    assert text.replace("\n", "").isprintable()
    assert tomllib.loads(text)["groups"][0]["name"] == FORGED
    _code, lines = sync_policy("groups = []", "--check", "--prune")
    assert lines == ["- group x\\r\\x1b[2J\\x9b\\u202e\\n+ group ok (0 members)"]


def test_an_explanation_writes_nothing_to_the_terminal(
    user: Any, make_group: Callable[..., Any]
) -> None:
    auth.add_permission(make_group("plain", user), "write")
    Group._base_manager.update(name=FORGED)
    type(user)._base_manager.update(email=f"a{FORGED}")
    _code, lines = run("authkit_explain", user.pk, "write")
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
