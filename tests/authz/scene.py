"""Somebody who may, every way to ask so, and every way to end it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from authkit import auth
from authkit.models import Group, Membership, Permission, User
from tests.blog.models import Post

Serving = Callable[..., AbstractContextManager[HttpRequest]]
PAST = datetime(2020, 1, 3, tzinfo=UTC)


class Scene:
    """A member of a group with a grant on a record, and on a model, and a capability."""

    def __init__(self, user: User, group: Group) -> None:
        self.user, self.group = user, group
        self.post = Post.objects.create()
        auth.add_permission(group, "publish")
        auth.add_permission(group, "read", Post)
        auth.add_permission(group, "write", self.post)

    def questions(self) -> dict[str, Callable[[], bool]]:
        """Every remembered question, by what it asks for."""
        pk, user, post = self.user.pk, self.user, self.post
        return {
            "capability": lambda: auth.has_permission("publish", user=user),
            "model": lambda: auth.has_permission("read", Post, user=user),
            "record": lambda: auth.has_permission("write", Post, post.pk, user=user),
            "some record": lambda: auth.has_any_permission("write", Post, user=user),
            "user by key": lambda: auth.has_permission("write", Post, post.pk, user=pk),
            "current user": lambda: auth.has_permission("write", Post, post.pk),
            "group": lambda: auth.has_permission("write", Post, post.pk, group=self.group),
            "group by name": lambda: auth.has_permission("publish", group="writers"),
            "member": lambda: auth.has_membership(self.group, user=user),
            "member by name": lambda: auth.has_membership("writers", user=user),
            "member by key": lambda: auth.has_membership("writers", user=pk),
            "Django's door": lambda: user.has_perm("blog.write_post", post),
        }

    def answers(self) -> dict[str, bool]:
        return {name: ask() for name, ask in self.questions().items()}


def cost(call: Callable[[], Any]) -> int:
    """How many queries *call* makes."""
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)


REVOKES: dict[str, Callable[[Scene], Any]] = {
    "revoke": lambda scene: (
        auth.remove_permission(scene.group, ["publish", "read", "write"], [Post, scene.post])
        + auth.remove_permission(scene.group, "publish")
    ),
    "revoke in bulk": lambda scene: Permission.objects.all().delete(),
    "revoke each": lambda scene: [grant.delete() for grant in Permission.objects.all()],
    "expire": lambda scene: [
        auth.add_permission(scene.group, "publish", expires_at=PAST),
        auth.add_permission(scene.group, ["read", "write"], [Post, scene.post], expires_at=PAST),
    ],
    "expire in bulk": lambda scene: Permission.objects.update(expires_at=PAST),
    "delete the group": lambda scene: auth.delete_group("writers"),
    "delete groups": lambda scene: Group.objects.all().delete(),
}
ENDS: dict[str, Callable[[Scene], Any]] = {
    "leave": lambda scene: auth.remove_membership(scene.group, scene.user),
    "leave in bulk": lambda scene: Membership.objects.all().delete(),
    "expire": lambda scene: auth.add_membership(scene.group, scene.user, expires_at=PAST),
    "expire in bulk": lambda scene: Membership.objects.update(expires_at=PAST),
    "delete the group": lambda scene: auth.delete_group(scene.group.pk),
    "block": lambda scene: auth.block_user(scene.user),
    "disable": lambda scene: scene.user.disable(),
    "delete the user": lambda scene: User.objects.get(pk=scene.user.pk).delete(),
    "delete users": lambda scene: User.objects.filter(pk=scene.user.pk).delete(),
}
MEMBER = {"member", "member by name", "member by key"}
GROUP = {"group", "group by name"}
