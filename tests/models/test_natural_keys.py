"""Fixtures name rows by what they are, not by their keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from authkit import auth
from authkit.models import Group, Membership, Permission, Tag
from tests.blog.models import Picture, Post

MODELS = [Group, Membership, Permission, Tag]


@pytest.fixture
def rows(user: Any, make_group: Callable[..., Any]) -> list[Any]:
    group, post, picture = (
        make_group("editors", user),
        Post.objects.create(),
        Picture.objects.create(),
    )
    auth.add_permission(user, "read", Post)
    Permission.objects.add(group, "ban_users")
    for target in (Post, post, picture):
        Permission.objects.add(group, "write", target)
    Tag.objects.add("topics", post, "news/local")
    Tag.objects.add("topics", picture, "news/local")
    return [row for model in MODELS for row in model.objects.all()]


def test_each_row_is_found_by_its_natural_key(rows: list[Any]) -> None:
    for row in rows:
        assert type(row).objects.get_by_natural_key(*row.natural_key()) == row


def content() -> list[set[Any]]:
    return [
        set(Group.objects.values_list("name", "description", "owner")),
        set(Membership.objects.values_list("user", "group__name", "expires_at")),
        set(Permission.objects.values_list("group__name", "name", "target_key", *TARGET)),
        set(Tag.objects.values_list("namespace", "path", "target_key", *TARGET)),
    ]


TARGET = ("content_type", "object_id", "object_uuid")


def test_a_dump_without_keys_comes_back(rows: list[Any], tmp_path: Path) -> None:
    fixture, before = tmp_path / "rows.json", content()
    dump(fixture)
    dumped = json.loads(fixture.read_text())
    assert not any("pk" in entry for entry in dumped)
    groups = {row["fields"]["name"]: row["fields"] for row in dumped if "owner" in row["fields"]}
    members = [row["fields"]["group"] for row in dumped if row["model"] == "authkit.membership"]
    assert sorted(members) == sorted([name] for name in groups)
    assert [each["owner"] for each in groups.values() if each["owner"]] == [["user1@example.com"]]
    for model in reversed(MODELS):
        model.objects.all().delete()
    # Other keys than before.
    Group.objects.create_group("first")
    call_command("loaddata", str(fixture), verbosity=0)
    Group.objects.get(name="first").delete()
    assert content() == before
    # Once more changes nothing: the rows are found.
    call_command("loaddata", str(fixture), verbosity=0)
    assert content() == before


def dump(fixture: Path) -> None:
    out = StringIO()
    labels = [model._meta.label for model in MODELS]
    call_command(
        "dumpdata",
        *labels,
        natural_foreign=True,
        natural_primary=True,
        stdout=out,
    )
    fixture.write_text(out.getvalue())
