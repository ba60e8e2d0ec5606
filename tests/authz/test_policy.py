"""``authkit_sync``: the plan, and what is written by it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from authkit import auth
from authkit.models import Event, Group, Permission
from tests.blog.models import Picture, Post

from .policies import export
from .scene import PAST


def test_the_plan_tells_each_change(policy: Any, user: Any, sync_policy: Any) -> None:
    post = Post.objects.create()
    auth.add_membership("group1", user)
    text = f"""
        [[groups]]
        name = "editors"
        description = "New"
        grants = [
            "publish",
            {{ name = "write", model = "blog.Post", expires_at = 2100-01-01T00:00:00Z }},
            {{ name = "write", model = "blog.Post", record = {post.pk} }},
            {{ name = "write", model = "blog.Post", record = "{post.pk - 1}" }},
        ]
        [[groups]]
        name = "new"
    """
    changes = [
        "+ group new",
        "~ group editors: description",
        "+ editors: publish",
        "~ editors: write on blog.post until 2100-01-01 00:00",
        f"+ editors: write on blog.post {post.pk}",
    ]
    picture = Picture.objects.get().pk
    extra = [f"editors: write on blog.picture {picture}", "group group1 (1 member)"]
    kept = [f"? {line}, not in the file (--prune removes it)" for line in extra]
    gone = [f"- {line}" for line in extra]
    assert sync_policy(text, "--check") == (1, changes + kept)
    assert sync_policy(text, "--check", "--prune") == (1, changes + gone)
    assert sync_policy(text) == (0, changes + kept)
    assert sync_policy(text) == (0, [*kept, "no difference"])
    assert sync_policy(text, "--check") == (0, [*kept, "no difference"])
    assert sync_policy(text, "--prune") == (0, gone)
    assert sync_policy(text, "--check", "--prune", "-v0") == (0, [])
    assert sorted(Group.objects.values_list("name", flat=True)) == ["editors", "new"]
    assert Permission.objects.count() == 4


def test_a_description_that_is_left_out_stays(policy: Any, sync_policy: Any) -> None:
    sync_policy('[[groups]]\nname = "editors"')
    assert Group.objects.get(name="editors").description == policy.description


def test_an_expired_grant_is_given_anew(make_group: Callable[..., Any], sync_policy: Any) -> None:
    auth.add_permission(make_group("editors"), ["write", "read"], expires_at=PAST)
    text = '[[groups]]\nname = "editors"\ngrants = ["write"]'
    assert sync_policy(text, "--prune") == (0, ["~ editors: write"])
    assert sorted(row.name for row in Permission.objects.filter(expires_at=None)) == ["write"]


def test_one_event_tells_of_all_grants_of_a_group(
    policy: Any, sync_policy: Any, policy_file: Path
) -> None:
    call_command("authkit_export", str(policy_file))
    Permission.objects.all().delete()
    Event.objects.all()._raw_delete("default")
    sync_policy(None)
    events = [(row.name, row.data["count"]) for row in Event.objects.order_by("pk")]
    assert sorted(events) == [("permission_add", 1), ("permission_add", 3), ("permission_add", 3)]


def test_an_end_in_the_past_is_taken_as_it_is(db: None, sync_policy: Any) -> None:
    grant = '{ name = "read", expires_at = 2020-01-01T00:00:00Z }'
    sync_policy(f'[[groups]]\nname = "editors"\ngrants = [{grant}]')
    assert Permission.objects.count() == 1
    assert not auth.has_permission("read", group="editors")


@pytest.mark.parametrize("option", ["--check", "--prune"])
def test_the_group_of_everybody_stays_and_its_grants_are_looked_at(
    option: str, user: Any, make_group: Callable[..., Any], sync_policy: Any, settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "EVERYBODY_GROUP": "everybody"}
    auth.add_permission(make_group("everybody", user), ["read", "root"])
    assert sync_policy("groups = []", *{"--prune", option}) == (
        int(option == "--check"),
        ["- everybody: read", "- everybody: root"],
    )
    assert auth.has_membership("everybody", user=user)
    assert auth.has_permission("root", user=user) == (option == "--check")
    assert sync_policy("groups = []", "--prune", "--check")[0] == int(option == "--check")


@pytest.mark.parametrize("members", [0, 1, 2])
def test_a_group_called_like_that_of_somebody_is_looked_at(
    members: int, make_user: Callable[..., Any], sync_policy: Any
) -> None:
    group = auth.create_group("user_424242")  # there is no such user
    group.users.set([make_user() for _ in range(members)])
    auth.add_permission(group, "write", Post)
    assert [each["name"] for each in tomllib.loads(export())["groups"]] == ["user_424242"]
    assert sync_policy("groups = []", "--check", "--prune")[0] == 1
    sync_policy("groups = []", "--prune")
    assert not Group.objects.exists()
