"""``manage.py authkit_doctor`` finds what raw SQL leaves behind, and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from authkit import auth
from authkit.authz import orphans
from authkit.models import Event, Permission, Tag, User
from tests.authz.commands import run
from tests.blog.models import Picture, Post, Review


def doctor(*args: str) -> tuple[int, list[str]]:
    return run("authkit_doctor", *args)


def heads(lines: list[str]) -> set[str]:
    """The lines that count, without those that name."""
    return {line for line in lines if not line.startswith("  ")}


def remove_by_sql(*records: Any) -> None:
    """As somebody does past the ORM."""
    with connection.cursor() as cursor:
        for record in records:
            field = record._meta.pk
            key = field.get_db_prep_value(record.pk, connection)
            table = connection.ops.quote_name(record._meta.db_table)
            column = connection.ops.quote_name(field.column)
            cursor.execute(f"DELETE FROM {table} WHERE {column} = %s", [key])


@pytest.fixture
def editors(make_group: Callable[..., Any], user: Any) -> Any:
    return make_group("editors", user)


def test_what_belongs_to_something_is_healthy(editors: Any, user: Any) -> None:
    post, picture, review = Post.objects.create(), Picture.objects.create(), Review.objects.create()
    for target in (Post, post, picture, review, user, editors):
        auth.add_permission(editors, "write", target)
        auth.add_permission(user, "read", target)
    auth.add_permission(editors, "manage")
    Tag.objects.add("topics", post, "news")
    before = Permission.objects.count()
    assert doctor() == doctor("--fix") == (0, [])
    assert (Permission.objects.count(), Tag.objects.count()) == (before, 1)


def test_rows_on_records_that_are_gone_are_found_and_removed(editors: Any) -> None:
    posts = [Post.objects.create() for _ in range(3)]
    picture = Picture.objects.create()
    kept = [
        auth.add_permission(editors, "write", Post),
        auth.add_permission(editors, "x", posts[2]),
    ]
    auth.add_permission(editors, ["read", "write"], posts[:2])
    auth.add_permission(editors, "see", picture)
    Tag.objects.add("topics", posts[0], "news")
    remove_by_sql(*posts[:2], picture)
    lines = {
        "4 permissions on blog.post whose record is no longer there",
        "1 permissions on blog.picture whose record is no longer there",
        "1 tags on blog.post whose record is no longer there",
    }
    code, found = doctor()
    assert (code, heads(found)) == (1, lines)
    names = ("read", "write")
    grants = {f"  editors: {name} blog.post {post.pk}" for name in names for post in posts[:2]}
    assert set(found) >= grants
    assert Permission.objects.count() == 7
    code, found = doctor("--fix")
    assert (code, heads(found)) == (0, {f"{line}: removed" for line in lines})
    assert set(Permission.objects.all()) == set(kept)
    assert not Tag.objects.exists()
    assert doctor() == (0, [])


def test_a_child_without_its_own_row_is_gone_though_its_parent_is_there(editors: Any) -> None:
    review = Review.objects.create()
    grant = auth.add_permission(editors, "write", review)
    remove_by_sql(review)
    (found,) = orphans.find()
    assert Post.objects.filter(pk=review.pk).exists()
    assert list(found.rows) == [grant]


def test_a_key_of_the_wrong_kind_belongs_to_nothing(editors: Any) -> None:
    content_type = ContentType.objects.get_for_model(Post)
    Post.objects.create()
    values = {"group": editors, "name": "write", "content_type": content_type}
    Permission.objects.create(**values, object_uuid=uuid.uuid4())
    code, found = doctor()
    assert (code, heads(found)) == (
        1,
        {"1 permissions on blog.post whose record is no longer there"},
    )


def test_rows_on_a_model_that_is_gone_are_found_and_removed(editors: Any) -> None:
    gone = ContentType.objects.create(app_label="shop", model="price")
    Permission.objects.create(group=editors, name="write", content_type=gone)
    Permission.objects.create(group=editors, name="write", content_type=gone, object_id=5)
    Tag.objects.create(namespace="x", path="y", content_type=gone, object_id=5)
    why = "on shop.price, a model that is no longer there"
    code, found = doctor()
    assert (code, heads(found)) == (1, {f"2 permissions {why}", f"1 tags {why}"})
    assert doctor("--fix")[0] == 0
    assert not Permission.objects.exists()


def test_a_group_that_is_called_like_somebodys_own_stays(editors: Any) -> None:
    auth.add_permission(auth.create_group("user_778"), "secret")
    assert doctor() == doctor("--fix") == (0, [])
    assert auth.has_permission("secret", group="user_778")


def test_many_are_not_all_named(editors: Any) -> None:
    posts = [Post.objects.create() for _ in range(orphans.NAMED + 1)]
    auth.add_permission(editors, "write", posts)
    remove_by_sql(*posts)
    _code, lines = doctor()
    named = [f"  editors: write blog.post {post.pk}" for post in posts]
    assert lines[1:] == [*named[:-1], "  …"]


def test_removal_is_an_event_for_each_batch(
    editors: Any, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(orphans, "AT_ONCE", 2)
    posts = [Post.objects.create() for _ in range(5)]
    auth.add_permission(editors, "write", posts)
    remove_by_sql(*posts)
    (found,) = orphans.find()
    assert orphans.remove(found) == 5
    counts = [row.data["count"] for row in Event.objects.filter(name="permission_remove")]
    assert sorted(counts) == [1, 2, 2]


def test_finding_costs_one_query_for_each_model(
    editors: Any, django_assert_max_num_queries: Any
) -> None:
    posts = [Post.objects.create() for _ in range(20)]
    auth.add_permission(editors, "write", posts)
    auth.add_permission(editors, "write", Picture)
    with django_assert_max_num_queries(10):
        assert list(orphans.find()) == []


def test_it_is_silent_if_told_so(editors: Any) -> None:
    post = Post.objects.create()
    auth.add_permission(editors, "write", post)
    remove_by_sql(post)
    assert doctor("-v0") == (1, [])
    assert User.objects.count() == 1
