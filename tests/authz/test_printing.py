"""A name from elsewhere writes nothing to the terminal."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from authkit import auth
from authkit.models import Group

FORGED = "x\r\x1b[2J\x9b\u202e\n+ group ok"


def test_a_name_writes_nothing_to_the_terminal(
    db: None, sync_policy: Any, policy_file: Path, make_user: Callable[..., Any]
) -> None:
    # As rows from elsewhere have it: no group can be made with it.
    Group.objects.create_group("plain")
    Group._base_manager.update(name=FORGED)
    out = StringIO()
    call_command("authkit_export", stdout=out)
    assert out.getvalue().replace("\n", "").isprintable()
    assert tomllib.loads(out.getvalue())["groups"][0]["name"] == FORGED
    _code, lines = sync_policy("groups = []", "--check", "--prune")
    assert lines == ["- group x\\r\\x1b[2J\\x9b\\u202e\\n+ group ok (0 members)"]


def test_an_explanation_writes_nothing_to_the_terminal(
    user: Any, make_group: Callable[..., Any]
) -> None:
    auth.add_permission(make_group("plain", user), "write")
    Group._base_manager.update(name=FORGED)
    type(user)._base_manager.update(email=f"a{FORGED}")
    out = StringIO()
    call_command("authkit_explain", str(user.pk), "write", stdout=out)
    assert len(out.getvalue().splitlines()) == 2
    assert out.getvalue().replace("\n", "").isprintable()
