"""Rows below a record of a project's own: they go with the record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from authkit import auth
from tests.blog.models import Picture, Post

from .conftest import form_of

pytestmark = pytest.mark.urls("tests.admin.permitted_urls")


@pytest.fixture
def posts(db: None) -> list[Post]:
    posts = [Post.objects.create(title=title) for title in ("first", "second")]
    for post in posts:
        Picture.objects.create(post=post)
    return posts


def page(post: Post) -> str:
    return reverse("album:blog_post_change", args=[post.pk])


def sent(client: Client, post: Post, **changes: Any) -> int:
    """The status of the answer to the form of *post* as it was shown, with these changes."""
    data = form_of(client.get(page(post))) | {"title": "new", "author": post.author_id or ""}
    return int(client.post(page(post), data | changes).status_code)


def test_whoever_may_view_the_record_sees_its_rows(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, "view", posts[0])

    (inline,) = assistant_client.get(page(posts[0])).context["inline_admin_formsets"]

    assert [form.instance for form in inline.formset.forms] == [
        *Picture.objects.filter(post=posts[0])
    ]
    rights = ("has_view_permission", "has_add_permission", "has_change_permission")
    assert [getattr(inline, right) for right in rights] == [True, False, False]


def test_whoever_may_change_the_record_writes_its_rows(
    assistant: Any, assistant_client: Client, make_user: Any, posts: list[Post]
) -> None:
    first, second = posts
    author = make_user()
    Post.objects.update(author=author)
    first.author = author
    auth.add_permission(assistant, "change", first)
    auth.add_permission(assistant, "view", second)
    (old,) = Picture.objects.filter(post=first)
    others = [*Picture.objects.filter(post=second)]

    assert sent(assistant_client, first, **{"picture_set-0-DELETE": "on"}) == 302
    assert not Picture.objects.filter(pk=old.pk).exists()
    key = "22222222-2222-4222-8222-222222222222"
    assert (
        sent(assistant_client, first, **{"picture_set-0-id": key, "picture_set-0-post": first.pk})
        == 302
    )
    # What may be viewed is refused, and no row goes with another record.
    assert assistant_client.post(page(second), {"title": "new"}).status_code == 403
    assert [*Picture.objects.filter(post=second)] == others


def test_a_new_record_brings_its_rows_for_whoever_may_add_it(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    address = reverse("album:blog_post_add")
    auth.add_permission(assistant, ["view", "change"], posts[0])
    assert assistant_client.get(address).status_code == 403

    auth.add_permission(assistant, "add", Post)

    (inline,) = assistant_client.get(address).context["inline_admin_formsets"]
    assert inline.has_add_permission


def test_a_grant_on_a_row_alone_opens_nothing(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, ["view", "change", "delete"], Picture)
    assert assistant_client.get(page(posts[0])).status_code == 403
