"""``authkit_export``: what is written, and that it comes back."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import call_command

from authkit import auth
from authkit.models import Group, Membership, Permission
from authkit.models.targets import NIL
from tests.blog.models import Picture, Post

from .policies import export, stored


def test_the_file_is_made_to_be_read(
    make_group: Callable[..., Any], user: Any, policy_file: Path
) -> None:
    editors, post = make_group("editors", user, description="Write"), Post.objects.create()
    auth.add_permission(editors, ["write", "read"], Post)
    auth.add_permission(editors, "write", post)
    auth.add_permission(editors, "manage", editors)
    auth.add_permission(editors, "ban_users")
    auth.add_permission(user, "own")
    call_command("authkit_export", str(policy_file))
    assert policy_file.read_text() == export()
    assert policy_file.read_text() == (
        "[[groups]]\n"
        'name = "editors"\n'
        'description = "Write"\n'
        "grants = [\n"
        '    { name = "ban_users" },\n'
        '    { name = "manage", model = "authkit.Group", record = "editors" },\n'
        '    { name = "read", model = "blog.Post" },\n'
        '    { name = "write", model = "blog.Post" },\n'
        f'    {{ name = "write", model = "blog.Post", record = {post.pk} }},\n'
        "]\n"
    )


def test_what_was_exported_is_no_difference(
    policy: Any, sync_policy: Any, policy_file: Path
) -> None:
    call_command("authkit_export", str(policy_file))
    for options in ([], ["--check"], ["--check", "--prune"], ["--prune"]):
        assert sync_policy(None, *options) == (0, ["no difference"])
    assert Permission.objects.count() == 8


def test_what_was_exported_is_restored_whole(
    policy: Any, sync_policy: Any, policy_file: Path
) -> None:
    call_command("authkit_export", str(policy_file))
    before = {row for row in stored() if row[1] != "former"}
    names = {(group.name, group.description) for group in Group.objects.all()}
    Permission.objects.exclude(target_key=0).delete()
    Group.objects.exclude(pk=policy.pk).delete()
    Group.objects.filter(pk=policy.pk).update(description="")
    code, lines = sync_policy(None, "--check")
    assert (code, len(lines)) == (1, 9)
    assert not Permission.objects.exists()
    assert sync_policy(None) == (0, lines)
    assert stored() == before
    assert {(group.name, group.description) for group in Group.objects.all()} == names
    assert sync_policy(None, "--check") == (0, ["no difference"])


def test_members_and_groups_of_one_person_are_no_part_of_it(
    settings: Any, make_user: Callable[..., Any], sync_policy: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "EVERYBODY_GROUP": "everybody"}
    user = make_user()
    auth.add_permission(user, "write", Post)
    assert [group["name"] for group in tomllib.loads(export())["groups"]] == ["everybody"]
    before = stored(), set(Membership.objects.all())
    assert sync_policy("", "--prune") == (0, ["no difference"])
    assert (stored(), set(Membership.objects.all())) == before


def test_grants_on_what_is_gone_are_left_out_and_told(policy: Any) -> None:
    Picture.objects.all()._raw_delete("default")
    errors = StringIO()
    call_command("authkit_export", stdout=StringIO(), stderr=errors)
    assert "authkit_doctor" in errors.getvalue()
    assert "blog.Picture" not in export()


def test_a_group_may_be_called_like_somebodys_own(db: None, sync_policy: Any) -> None:
    sync_policy("[[groups]]\nname = 'user_5'")
    assert [group["name"] for group in tomllib.loads(export())["groups"]] == ["user_5"]


def test_a_grant_on_a_group_of_the_same_file_loads_where_there_is_neither(
    make_group: Callable[..., Any], sync_policy: Any, policy_file: Path
) -> None:
    leads, admins, editors = (make_group(name) for name in ("leads", "admins", "editors"))
    auth.add_permission(leads, "edit", admins)
    auth.add_permission(admins, "edit", editors)
    call_command("authkit_export", str(policy_file))
    text = policy_file.read_text(encoding="utf-8")
    Group.objects.all().delete()

    changes = [
        "+ admins: edit on authkit.group 'editors'",
        "+ leads: edit on authkit.group 'admins'",
    ]
    code, lines = sync_policy(None, "--check")
    assert code == 1
    assert set(lines) >= set(changes)
    assert not Group.objects.exists()
    sync_policy(None)
    assert export() == text
    assert auth.has_permission("edit", Group.objects.get(name="editors"), group="admins")
    assert sync_policy(None, "--check") == (0, ["no difference"])


def test_a_record_with_a_uuid_keeps_it(policy: Any, sync_policy: Any, policy_file: Path) -> None:
    call_command("authkit_export", str(policy_file))
    picture = Picture.objects.get()
    Permission.objects.exclude(object_uuid=NIL).delete()
    sync_policy(None)
    assert auth.has_permission("write", picture, group=policy)
