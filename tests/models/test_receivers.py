"""Fixtures: what is dumped can be loaded, and what follows from the rest may be left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import models

from authkit.exceptions import ProtectedFieldError
from authkit.models import Event, Group, Mail, Membership, Permission, Status, Tag, User

OURS = [User, Group, Membership, Permission, Tag, Event, Mail]
FRIDAY = datetime(2030, 1, 4, tzinfo=UTC)


def rows() -> dict[str, list[Any]]:
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in OURS}


def empty() -> None:
    for model in reversed(OURS):
        models.QuerySet(model).delete()


@pytest.fixture
def world(make_user: Callable[..., User], make_group: Callable[..., Group]) -> None:
    users = [make_user(username=f"{status}") for status in Status]
    users[-1].block()
    group = make_group("editors", *users)
    Membership.objects.add(group, users[0], expires_at=FRIDAY)
    Permission.objects.add(group, "read")
    Permission.objects.add(group, "read", User)
    Permission.objects.add(group, "read", users[0])
    Tag.objects.add("topics", users[0], "a/b")
    Mail.objects.queue("registration", users[0].email, users[0])


@pytest.mark.parametrize(
    "options", [{}, {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}]
)
def test_what_is_dumped_can_be_loaded(world: None, tmp_path: Path, options: dict[str, Any]) -> None:
    # Not JSON, which Django cuts at milliseconds.
    file = tmp_path / "world.xml"
    labels = [model._meta.label for model in OURS]
    before = rows()
    call_command("dumpdata", *labels, format="xml", output=str(file), verbosity=0, **options)
    empty()

    call_command("loaddata", str(file), verbosity=0)
    call_command("loaddata", str(file), verbosity=0)

    if options:
        assert {name: len(found) for name, found in rows().items()} == {
            name: len(found) for name, found in before.items()
        }
    else:
        assert rows() == before


def load(tmp_path: Path, *entries: tuple[type[models.Model], dict[str, Any]]) -> None:
    file = tmp_path / "written.json"
    text = [{"model": model._meta.label, "pk": 1, "fields": fields} for model, fields in entries]
    file.write_text(json.dumps(text))
    call_command("loaddata", str(file), verbosity=0)


def test_a_fixture_written_by_hand_needs_no_keys(db: None, tmp_path: Path) -> None:
    load(
        tmp_path,
        (User, {"email": "Ann@Example.com", "username": "Ann", "status": "pending"}),
        (Group, {"name": "editors"}),
        (Permission, {"group": ["editors"], "name": "read", "content_type": ["authkit", "user"]}),
    )

    user = User.objects.get_by_username("ANN")
    assert user is not None
    assert (user.email, user.email_key, user.is_active) == (*["ann@example.com"] * 2, False)
    kind = ContentType.objects.get_for_model(User)
    assert Permission.objects.get().target_key == kind.pk


def test_the_target_key_of_another_database_is_replaced(db: None, tmp_path: Path) -> None:
    columns = {"content_type": ["authkit", "user"], "target_key": 987654}
    load(
        tmp_path,
        (Group, {"name": "editors"}),
        (Permission, {"group": ["editors"], "name": "read", **columns}),
    )

    assert Permission.objects.get().target_key == ContentType.objects.get_for_model(User).pk


def test_a_fixture_cannot_say_inactive_alone(db: None, tmp_path: Path) -> None:
    with pytest.raises(ProtectedFieldError, match="status"):
        load(tmp_path, (User, {"email": "ann@example.com", "is_active": False}))


def test_loading_sends_no_signal_and_writes_no_event(
    db: None, tmp_path: Path, events: Callable[[], list[str]]
) -> None:
    load(tmp_path, (User, {"email": "ann@example.com"}), (Group, {"name": "editors"}))

    assert events() == []
