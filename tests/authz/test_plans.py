"""What a question costs: so many statements, and none that reads a whole table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from authkit import auth
from authkit.models import Group, Membership, Permission
from tests.authz.plans import User, empty, fill, listening, scans
from tests.blog.models import Picture, Post

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=[60_000, pytest.param(200_000, marks=pytest.mark.slow)])
def _filled(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        fill(request.param)
    yield
    with django_db_blocker.unblock():
        empty()


@pytest.fixture
def sample(_filled: None, db: None) -> dict[str, Any]:
    """A user, a group and records from among many."""
    for model in (Post, Picture):
        ContentType.objects.get_for_model(model)
    user = User.objects.order_by("pk")[77]
    return {
        "user": user,
        "pk": user.pk,
        "loner": User.objects.create(username="loner", username_key="loner", password="!"),
        "group": Group.objects.order_by("pk")[5],
        "post": Post.objects.order_by("pk")[123],
        "posts": [*Post.objects.order_by("pk")[100:150]],
        "picture": Picture.objects.order_by("pk")[123],
        "pictures": [*Picture.objects.order_by("pk")[100:150]],
    }


# By what is asked: how many statements it takes.
QUESTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "a capability": (1, lambda of: auth.has_permission("publish", user=of["user"])),
    "a model": (1, lambda of: auth.has_permission("list", Post, user=of["user"])),
    "a record": (1, lambda of: auth.has_permission("read", of["post"], user=of["user"])),
    "a UUID": (1, lambda of: auth.has_permission("read", of["picture"], user=of["user"])),
    "some record": (1, lambda of: auth.has_any_permission("nothing", Post, user=of["user"])),
    "a capability by key": (1, lambda of: auth.has_permission("publish", user=of["pk"])),
    "a record by key": (1, lambda of: auth.has_permission("read", of["post"], user=of["pk"])),
    "a UUID by key": (1, lambda of: auth.has_permission("read", of["picture"], user=of["pk"])),
    "some record by key": (1, lambda of: auth.has_any_permission("nothing", Post, user=of["pk"])),
    "a group": (1, lambda of: auth.has_permission("read", of["post"], group=of["group"])),
    "a group by name": (1, lambda of: auth.has_permission("read", of["post"], group="g7")),
    "a membership": (1, lambda of: auth.has_membership(of["group"], user=of["user"])),
    "a membership by key": (1, lambda of: auth.has_membership(of["group"], user=of["pk"])),
    "a membership by name": (1, lambda of: auth.has_membership("g7", user=of["user"])),
    "a membership by both": (1, lambda of: auth.has_membership("g7", user=of["pk"])),
    "many records": (
        1,
        lambda of: auth.check_many(["read", "write"], of["posts"], user=of["user"]),
    ),
    "many UUIDs": (1, lambda of: auth.check_many("read", of["pictures"], user=of["user"])),
    "many records of a group": (
        1,
        lambda of: auth.check_many("read", of["posts"], group=of["group"]),
    ),
    "a list": (2, lambda of: [*auth.permitted(Post, "read", user=of["user"])]),
    "a list of UUIDs": (2, lambda of: [*auth.permitted(Picture, "read", user=of["user"])]),
    "a list of a group": (2, lambda of: [*auth.permitted(Post, "read", group=of["group"])]),
    "a page of a list": (
        2,
        lambda of: [*auth.permitted(Post, "read", user=of["user"]).order_by("pk")[:20]],
    ),
    "a list's length": (2, lambda of: auth.permitted(Post, "read", user=of["user"]).count()),
    "users": (1, lambda of: [*auth.users_with("read", of["post"])]),
    "users of a UUID": (1, lambda of: [*auth.users_with("read", of["picture"])]),
    "groups": (1, lambda of: [*auth.groups_with("read", of["post"])]),
    "groups of a UUID": (1, lambda of: [*auth.groups_with("read", of["picture"])]),
    "Django's door": (1, lambda of: of["user"].has_perm("blog.read_post", of["post"])),
    "an app": (1, lambda of: of["user"].has_module_perms("blog")),
    "an app without a grant": (1, lambda of: of["user"].has_module_perms("admin")),
    "an app of somebody without any": (1, lambda of: of["loner"].has_module_perms("blog")),
    "all permissions": (1, lambda of: of["user"].get_all_permissions()),
    "all on a record": (1, lambda of: of["user"].get_all_permissions(of["post"])),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_reads_no_whole_table(sample: dict[str, Any], question: str) -> None:
    count, ask = QUESTIONS[question]
    ask(sample)  # the content types are known then

    with listening() as statements:
        ask(sample)

    assert len(statements) == count
    assert {sql: scans(sql, params) for sql, params in statements} == {
        sql: [] for sql, _params in statements
    }


@pytest.mark.parametrize("kind", ["post", "picture", "group", "user"])
def test_what_goes_along_is_found_by_an_index(sample: dict[str, Any], kind: str) -> None:
    with listening() as statements:
        sample[kind].delete()

    tables = {model._meta.db_table for model in (Permission, Membership)}
    about = [
        (sql, params)
        for sql, params in statements
        if any(f"DELETE FROM {quote}{table}" in sql for table in tables for quote in '"`')
    ]
    assert about
    assert {sql: scans(sql, params) for sql, params in about} == {sql: [] for sql, _p in about}


@pytest.mark.parametrize(
    "change",
    [
        lambda of: auth.add_permission(of["group"], "new", of["post"]),
        lambda of: auth.remove_permission(of["group"], ["read", "write"], of["posts"]),
        lambda of: auth.remove_permission(of["group"], "read", of["pictures"]),
        lambda of: auth.add_membership(of["group"], of["user"]),
        lambda of: auth.remove_membership(of["group"], of["user"]),
    ],
)
def test_a_command_reads_no_whole_table(sample: dict[str, Any], change: Any) -> None:
    with listening() as statements:
        change(sample)

    asked = [each for each in statements if each[0].startswith(("SELECT", "DELETE", "UPDATE"))]
    assert asked
    assert {sql: scans(sql, params) for sql, params in asked} == {sql: [] for sql, _p in asked}
