"""What the database deletes by itself leaves its grants behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from tests.blog.models import Post

from .found import ids

# What a Django without it has to say nothing about.
BY_DATABASE: Any = getattr(models, "DB_CASCADE", models.CASCADE)
NAMED = ["W210"] if hasattr(models, "DB_CASCADE") else []


@pytest.mark.parametrize(
    ("on_delete", "settings", "expected"),
    [
        (BY_DATABASE, {}, NAMED),
        (BY_DATABASE, {"AUTHKIT": {"UNTARGETABLE_MODELS": ["blog.Post"]}}, []),
        (models.CASCADE, {}, []),
        (models.DO_NOTHING, {}, []),
        (models.SET_NULL, {}, []),
    ],
)
def test_rows_that_the_database_deletes_are_named(
    monkeypatch: pytest.MonkeyPatch, on_delete: Any, settings: dict[str, Any], expected: list[str]
) -> None:
    author: Any = Post._meta.get_field("author")
    monkeypatch.setattr(author.remote_field, "on_delete", on_delete)

    assert ids(**settings) == expected
