"""QuerySets that know what is permitted."""

from __future__ import annotations

from typing import Any

import pytest

from authkit import PermittedQuerySet, auth
from tests.blog.models import Post


@pytest.mark.django_db
def test_a_queryset_knows_what_is_permitted(user: Any) -> None:
    post, _other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "read", post)
    rows: PermittedQuerySet[Post] = PermittedQuerySet(Post)

    assert list(rows.permitted(user, "read")) == [post]
    assert list(rows.filter(title="x").permitted(user, "read")) == []
    assert list(rows.permitted(None, "read")) == []
