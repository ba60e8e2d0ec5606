"""Fixtures of the tests of the edge to Django REST framework."""

from __future__ import annotations

from typing import Any

import pytest

from authkit import auth
from tests.blog.models import Post


@pytest.fixture
def people(make_user: Any) -> dict[str, Any]:
    """Who may read all posts, one of two, none; and whoever may read both but publish one."""
    posts = [Post.objects.create(title=title) for title in ("one", "two")]
    found = {name: make_user() for name in ("all", "one", "none", "publisher")}
    auth.add_permission(found["all"], "read", Post)
    auth.add_permission(found["one"], "read", posts[0])
    auth.add_permission(found["publisher"], "read", Post)
    auth.add_permission(found["publisher"], "publish", posts[0])
    return found
