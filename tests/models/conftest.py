"""Fixtures of the models' tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from authkit.models import Event
from tests.models.library import Book, Shelf


@pytest.fixture(autouse=True)
def _fresh_content_types() -> Iterator[None]:
    """The cache of content types outlives the rollback of the rows that a test has made."""
    ContentType.objects.clear_cache()
    yield
    ContentType.objects.clear_cache()


@pytest.fixture
def book() -> Book:
    """A record with an integer as key."""
    return stored(Book(pk=5))


@pytest.fixture
def shelf() -> Shelf:
    """A record with a UUID as key."""
    return stored(Shelf(pk=uuid.UUID(int=5)))


def stored(record: Any) -> Any:
    """*record* as if it had been loaded: a target is its key, the table is not looked at."""
    record._state.adding = False
    return record


@pytest.fixture
def events() -> Callable[..., list[str]]:
    """A function that tells the names of the events since it was last called."""
    seen: set[int] = set()

    def new() -> list[str]:
        rows = [row for row in Event.objects.order_by("pk") if row.pk not in seen]
        seen.update(row.pk for row in rows)
        return [row.name for row in rows]

    return new


@pytest.fixture
def groups(make_group: Callable[..., Any]) -> list[Any]:
    """Three groups, in the order of their names."""
    return [make_group("admins"), make_group("editors"), make_group("readers")]
