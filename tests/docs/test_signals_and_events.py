"""Every signal, event and reason is documented, and no other."""

from __future__ import annotations

import ast
import re

import pytest
from django.dispatch import Signal

from authkit import signals
from authkit.accounts.routes import ROUTES
from authkit.audit.receivers import _VERBS
from authkit.models import Action
from authkit.models.batches import MOST_KEYS

from .pages import calls, first_names, names, reference, rows, section, text_of


def test_every_signal_is_documented() -> None:
    documented = re.findall(r"^## (\w+)$", reference("signals"), re.MULTILINE)

    assert documented == [
        name for name, value in vars(signals).items() if isinstance(value, Signal)
    ]


@pytest.mark.parametrize("name", ["user_changed", "row_changed"])
def test_every_argument_of_a_signal_is_documented(name: str) -> None:
    documented = set(first_names(section(reference("signals"), f"## {name}")))
    sent = [
        {keyword.arg for keyword in call.keywords if keyword.arg != "sender"}
        for call in calls("send")
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == name
    ]

    assert sent
    assert all(arguments == documented for arguments in sent)


def documented_events() -> set[str]:
    text = reference("events").split("## Reasons of a refusal")[0]
    return {name for name in first_names(text) if name != "actor"}


def recorded_events() -> set[str]:
    """Every name under which the package records something."""
    plain = {text_of(call.args[0]) for call in calls("naming", "record", "refuse") if call.args}
    keywords = {
        text_of(keyword.value)
        for call in calls("request_mail")
        for keyword in call.keywords
        if keyword.arg == "event"
    }
    # What is recorded as self.route: by every page that can refuse.
    routes = {route.key for route in ROUTES if route.key not in {"logout", "inactive"}}
    changes = {
        _VERBS.get((kind, action), f"{kind}_{action}")
        for kind in ("group", "membership", "permission", "tag")
        for action in ("create", "update", "delete")
    }
    found = plain | keywords | routes | changes | set(Action.values)
    return {name for name in found if name}


def test_every_event_is_documented() -> None:
    assert documented_events() == recorded_events()


def test_the_documented_number_of_keys_is_that_of_the_code() -> None:
    assert f"of its keys and names it lists at most {MOST_KEYS} each." in reference("events")


def test_every_reason_of_a_refusal_is_documented() -> None:
    text = section(reference("events"), "## Reasons of a refusal")
    documented = {name for row in rows(text) for name in names(row[0])} - {"reason"}
    given = {
        text_of(keyword.value)
        for call in calls("refuse")
        for keyword in call.keywords
        if keyword.arg == "reason"
    } - {None}
    statuses = {name for name in documented if name.startswith("status_")}
    own = {"not_allowed", "no_address", "credentials"}

    assert documented - statuses == given | own
    assert statuses == {
        f"status_{name}" for name in ("unverified", "pending", "disabled", "blocked")
    }
