"""Several groups, names or targets at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authkit.models import Event, Group, Permission
from tests.authz.conftest import Twins
from tests.blog.models import Picture, Post

pytestmark = pytest.mark.django_db


def test_many_grants_are_one_statement_and_one_event(
    auth: Twins, group: Group, make_group: Callable[..., Any]
) -> None:
    Post.objects.bulk_create([Post(title=str(number)) for number in range(10)])
    groups, names = [group, make_group("editors")], ["read", "write"]
    auth.add_permission(group, "read", Post.objects.first())
    before = Event.objects.count()

    with CaptureQueriesContext(connection) as queries:
        made = auth.add_permission(groups, names, Post.objects.all())

    inserts = [
        q["sql"] for q in queries if q["sql"].startswith("INSERT") and "_permission" in q["sql"]
    ]
    assert len(inserts) == 1
    assert len(made) == Permission.objects.count() == 40
    assert {row.pk for row in made} == set(Permission.objects.values_list("pk", flat=True))
    event = Event.objects.order_by("pk").last()
    assert Event.objects.count() == before + 1
    assert (event.data["count"], event.data["names"]) == (40, names)
    again = auth.add_permission(groups, names, Post.objects.all())
    assert {row.pk for row in again} == {row.pk for row in made}


def test_many_revokes_are_one_event(
    auth: Twins, group: Group, make_group: Callable[..., Any]
) -> None:
    Post.objects.bulk_create([Post() for _ in range(1100)])
    groups = [group, make_group("editors")]
    auth.add_permission(groups, ["read", "write"], Post.objects.all())
    auth.add_permission(groups, ["read", "write"], Post)
    before = Event.objects.count()

    assert auth.remove_permission(groups, ["write", "nothing", "\0"], Post.objects.all()) == 2200
    assert Event.objects.count() == before + 1
    assert Event.objects.order_by("pk").last().data["count"] == 2200
    assert set(Permission.objects.values_list("name", "object_id").filter(name="write")) == {
        ("write", 0)
    }
    assert auth.remove_permission(groups, ["write"], Post.objects.all()) == 0
    assert Event.objects.count() == before + 1


FORMS: dict[str, Callable[[Any, Any, Any], tuple[Any, ...]]] = {
    "groups": lambda groups, posts, pictures: ([*groups], "write", posts[0]),
    "keys and names of groups": lambda groups, posts, pictures: (
        [groups[0].pk, groups[1].name],
        "write",
        posts[0],
    ),
    "a QuerySet of groups": lambda groups, posts, pictures: (
        Group.objects.filter(pk__in=[group.pk for group in groups]),
        "write",
        posts[0],
    ),
    "names": lambda groups, posts, pictures: (groups[0], ("write", "read"), Post),
    "a set of names": lambda groups, posts, pictures: (groups[0], {"write", "read"}),
    "records": lambda groups, posts, pictures: (groups[0], "write", posts),
    "keys": lambda groups, posts, pictures: (groups[0], "write", Post, [posts[0].pk, "77"]),
    "records of a named model": lambda groups, posts, pictures: (groups[0], "write", Post, posts),
    "UUIDs": lambda groups, posts, pictures: (groups[0], "write", Picture.objects.all()),
    "models": lambda groups, posts, pictures: (groups[0], "write", [Post, "blog.Picture"]),
    "a manager": lambda groups, posts, pictures: (groups[0], "write", Post.objects),
    "models and records": lambda groups, posts, pictures: (
        groups[0],
        "write",
        [Picture, posts[0]],
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_bulk_form_makes_two_grants_and_revokes_them(
    auth: Twins, group: Group, make_group: Callable[..., Any], form: str
) -> None:
    posts = [Post.objects.create(), Post.objects.create()]
    pictures = [Picture.objects.create(), Picture.objects.create()]
    call = FORMS[form]([group, make_group("editors")], posts, pictures)

    made = auth.add_permission(*call)

    assert isinstance(made, list)
    assert len(made) == Permission.objects.count() == 2
    assert {row.pk for row in auth.add_permission(*call)} == {row.pk for row in made}
    assert auth.remove_permission(*call) == 2
    assert auth.remove_permission(*call) == 0


def test_an_empty_list_writes_nothing_and_no_event(auth: Twins, group: Group) -> None:
    before = Event.objects.count()
    for call in (
        ([], "write"),
        (group, []),
        (group, "write", []),
        (group, "x", Post.objects.none()),
    ):
        assert auth.add_permission(*call) == []
        assert auth.remove_permission(*call) == 0
    assert Event.objects.count() == before
    assert auth.check_many([], [Post.objects.create()], group=group) == {}
    assert auth.check_many("write", [], group=group) == {}
