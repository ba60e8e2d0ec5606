"""What the administration asks of the database for staff who hold grants and are no superusers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from authkit import auth
from authkit.models import Group, Membership, Permission
from tests.admin.conftest import page
from tests.blog.models import Picture, Post

RIGHTS = ["view", "add", "change", "delete"]
HELD = {Membership._meta.db_table, Permission._meta.db_table}
SESSION = {"django_session": 1, "authkit_user": 1}


@pytest.fixture
def clerk(make_user: Callable[..., Any]) -> Any:
    """Staff who hold grants on models, by capabilities and on single records."""
    user = make_user(is_staff=True)
    auth.add_permission(user, RIGHTS, Group)
    auth.add_permission(user, [f"authkit.{right}_membership" for right in RIGHTS])
    auth.add_permission(user, "view", auth.create_group("editors"))
    return user


def tables(client: Client, address: str) -> dict[str, int]:
    """How many statements read from which table; an answer about rights joins two of them."""
    client.get(address)  # what the process learns once
    with CaptureQueriesContext(connection) as heard:
        assert client.get(address).status_code == 200
    found: Counter[str] = Counter()
    for query in heard.captured_queries:
        names = re.findall(r'["`](\w+)["`]', query["sql"].split("FROM ", 1)[1])
        found["rights" if {*names} >= HELD and names[0] in HELD else names[0]] += 1
    return dict(found)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/admin/", {"django_admin_log": 1, "rights": 8}),
        (page("group"), {"authkit_group": 1, "rights": 9}),
        (page("membership"), {"authkit_membership": 2, "rights": 8}),
    ],
)
def test_the_administration_costs_so_many_statements(
    address: str, expected: dict[str, int], clerk: Any, client_for: Callable[[Any], Client]
) -> None:
    for _size in range(2):
        assert tables(client_for(clerk), address) == SESSION | expected
        groups = [auth.create_group(f"group {_size} {number}") for number in range(20)]
        auth.add_permission(groups, "view", Post)
        auth.add_permission(clerk, [f"right {_size} {number}" for number in range(20)])


@pytest.mark.urls("tests.admin.permitted_urls")
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/admin/blog/post/", {"blog_post": 3, "rights": 10}),
        (
            "/albums/blog/post/{pk}/change/",
            {"authkit_user": 2, "blog_post": 1, "blog_picture": 1, "rights": 6},
        ),
    ],
)
def test_pages_by_record_cost_the_same_for_few_and_for_many(
    address: str, expected: dict[str, int], clerk: Any, client_for: Callable[[Any], Client]
) -> None:
    post = Post.objects.create()
    for _size in range(2):
        auth.add_permission(clerk, ["view", "change"], Post.objects.all())
        assert tables(client_for(clerk), address.format(pk=post.pk)) == SESSION | expected
        Picture.objects.bulk_create(Picture(post=post) for _ in range(20))
        Post.objects.bulk_create(Post() for _ in range(20))
