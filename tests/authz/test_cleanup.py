"""What points at a record goes with it, however the ORM deletes it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authkit import auth
from authkit.models import Group, Membership, Permission, Tag
from tests.blog.models import Draft, Entry, Picture, Post, Review

pytestmark = pytest.mark.django_db

User = get_user_model()
KEY = uuid.UUID(int=5)


@pytest.fixture
def mark(group: Any) -> Callable[..., None]:
    """A function that gives each record a grant and a tag."""

    def point(*records: Any) -> None:
        for record in records:
            auth.add_permission(group, "write", record)
            Tag.objects.add("topics", record, "a/b")

    return point


def left() -> set[tuple[str, Any]]:
    """Model and key of all that grants point at; tags point at the same."""
    grants, tags = (
        {
            (row.content_type.model, row.object_id or row.object_uuid)
            for row in model.objects.exclude(target_key=0)
        }
        for model in (Permission, Tag)
    )
    assert grants == tags
    return grants


WAYS: dict[str, Callable[[type[Any], Any], Any]] = {
    "by itself": lambda model, key: model.objects.get(pk=key).delete(),
    "by a QuerySet": lambda model, key: model.objects.filter(pk=key).delete(),
    "by a QuerySet of some columns": lambda model, key: (
        model.objects.filter(pk=key).only("pk").delete()
    ),
    "by a copy": lambda model, key: _stored(model, key).delete(),
}


def _stored(model: type[Any], key: Any) -> Any:
    copy = model(pk=key) if model is not Review else Review(id=key, pk=key)
    copy._state.adding = False
    return copy


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("model", "key", "gone"),
    [
        (Post, 5, {("post", 5)}),
        (Draft, 5, {("post", 5)}),
        (Post, 7, {("post", 7), ("review", 7)}),
        (Draft, 7, {("post", 7), ("review", 7)}),
        (Review, 7, {("post", 7), ("review", 7)}),
        (Entry, 5, {("entry", 5)}),
        (Picture, KEY, {("picture", KEY)}),
    ],
)
def test_grants_and_tags_go_with_their_record(
    mark: Any, user: Any, way: str, model: type[Any], key: Any, gone: set[Any]
) -> None:
    post, review = Post.objects.create(pk=5), Review.objects.create(pk=7)
    mark(post, review, Post.objects.get(pk=7), Entry.objects.create(pk=5))
    mark(Picture.objects.create(pk=KEY), Picture.objects.create(pk=uuid.UUID(int=6)))
    before = left()
    assert len(before) == 6

    WAYS[way](model, key)

    assert left() == before - gone
    model.objects.create(pk=key)
    assert not auth.has_permission("write", model, key, user=user)
    assert key not in {row.pk for row in auth.permitted(model, "write", user=user)}


@pytest.mark.parametrize("is_loaded", [False, True])
def test_a_parent_that_stays_keeps_its_own(mark: Any, *, is_loaded: bool) -> None:
    review = Review.objects.create(pk=7)
    mark(review, Post.objects.get(pk=7))
    found = Review.objects.get(pk=7)
    if is_loaded:
        assert found.post_ptr.pk == 7
    assert Review._meta.get_field("post_ptr").is_cached(found) == is_loaded

    found.delete(keep_parents=True)

    assert left() == {("post", 7)}
    assert Post.objects.exists()
    Post.objects.get().delete()
    assert left() == set()


def test_a_parent_that_stayed_goes_later_with_its_own(mark: Any) -> None:
    review = Review.objects.create(pk=7)
    mark(review, parent := review.post_ptr, other := Post.objects.create(pk=8))
    review.delete(keep_parents=True)
    other.delete()
    assert left() == {("post", 7)}
    parent.delete()
    assert left() == set()


@pytest.mark.parametrize("number", [1, 3])
def test_children_that_go_by_a_cascade_take_those_of_their_parents_along(
    mark: Any, make_user: Any, number: int
) -> None:
    author = make_user()
    reviews = [Review.objects.create(author=author) for _ in range(number)]
    mark(*reviews, *(review.post_ptr for review in reviews), kept := Review.objects.create())
    author.delete()
    assert left() == {("review", kept.pk)}


@pytest.mark.parametrize("many", [False, True])
def test_what_goes_by_a_cascade_takes_its_own_along(
    mark: Any, make_user: Any, *, many: bool
) -> None:
    author = make_user()
    posts = [Post.objects.create(author=author) for _ in range(3)]
    pictures = [Picture.objects.create(post=post) for post in posts]
    mark(*posts, *pictures, kept := Post.objects.create())

    User.objects.filter(pk=author.pk).delete() if many else author.delete()

    assert left() == {("post", kept.pk)}
    assert Picture.objects.count() == 0


def test_grants_on_the_model_stay(group: Any) -> None:
    auth.add_permission(group, "write", Post)
    auth.add_permission(group, "write")

    Post.objects.create().delete()

    assert Permission.objects.count() == 2


def test_many_records_take_theirs_along_in_batches(group: Any) -> None:
    Post.objects.bulk_create([Post() for _ in range(1300)])
    Picture.objects.bulk_create([Picture() for _ in range(1300)])
    for model in (Post, Picture):
        auth.add_permission(group, ["read", "write"], model.objects.all())
    kept = auth.add_permission(group, "read", Post, 10**9)

    with CaptureQueriesContext(connection) as queries:
        Post.objects.all().delete()
        Picture.objects.all().delete()

    deletes = [
        query["sql"]
        for query in queries
        if query["sql"].startswith("DELETE") and "authkit_permission" in query["sql"]
    ]
    assert len(deletes) == 6
    assert Permission.objects.get() == kept


def test_a_model_without_grants_and_tags_keeps_its_fast_delete(mark: Any) -> None:
    mark(Post.objects.create())
    Entry.objects.bulk_create([Entry() for _ in range(700)])

    with CaptureQueriesContext(connection) as queries:
        assert Entry.objects.all().delete() == (700, {"blog.Entry": 700})

    words = [query["sql"].split()[0] for query in queries]
    assert words.count("DELETE") == 1
    # Whether anything points at the model is asked once for grants and once for tags.
    assert words.count("SELECT") == 2


def test_a_model_to_which_something_points_is_loaded_once(mark: Any) -> None:
    mark(Entry.objects.create())
    Entry.objects.bulk_create([Entry() for _ in range(99)])

    assert Entry.objects.all().delete()[0] == 102
    assert left() == set()


def test_the_grants_of_a_group_go_with_it(group: Any, user: Any, mark: Any) -> None:
    mark(Post.objects.create())
    pk = group.pk
    Tag.objects.add("groups", group, "staff")
    auth.add_permission(auth.create_group("admins"), "edit", group)

    Group.objects.filter(pk=pk).delete()

    assert Membership.objects.count() == 0
    assert Permission.objects.count() == 0
    assert Tag.objects.filter(namespace="groups").count() == 0
    Group.objects.create(pk=pk, name="writers")
    assert not auth.has_membership("writers", user=user)
    assert not auth.has_permission("write", Post, group=pk)


def test_staff_deletes_a_record_by_the_right_to_delete_it(
    make_user: Any, make_group: Any, client_for: Any, group: Any, mark: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.authz.admin_urls"
    staff = make_user(is_staff=True)
    editors = make_group("editors", staff)
    auth.add_permission(editors, ["view", "delete"], Post)
    mark(post := Post.objects.create(), kept := Post.objects.create())
    client = client_for(staff)
    url = f"/admin/blog/post/{post.pk}/delete/"

    page = client.get(url)
    assert page.context["perms_lacking"] == set()
    # Not who has it: that is no business of whoever may delete the record.
    assert "write blog.post" in (text := page.content.decode())
    assert "writers" not in text
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert [*Post.objects.all()] == [kept]
    records = Permission.objects.exclude(object_id=0).values_list("object_id", flat=True)
    assert [*records] == [*Tag.objects.values_list("object_id", flat=True)] == [kept.pk]
