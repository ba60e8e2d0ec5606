"""What a grant or tag can point at."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType

from authkit.models.targets import NIL, Target
from tests.models.conftest import stored
from tests.models.library import Book, EBook, Label, Shelf

pytestmark = pytest.mark.django_db

SOME = uuid.UUID("9d6f0c1e-0000-4000-8000-000000000001")


def key(model: Any) -> int:
    pk: int = ContentType.objects.get_for_model(model).pk
    return pk


@pytest.mark.parametrize(
    ("target", "model", "columns"),
    [
        (None, None, (0, NIL)),
        (Book, Book, (0, NIL)),
        (EBook, Book, (0, NIL)),
        (Shelf, Shelf, (0, NIL)),
        (Label, Label, (0, NIL)),
        (Book(pk=5), Book, (5, NIL)),
        (Book(pk="5"), Book, (5, NIL)),
        (Book(pk=-5), Book, (-5, NIL)),
        (EBook(pk=5), Book, (5, NIL)),
        (Shelf(pk=SOME), Shelf, (0, SOME)),
        (Shelf(pk=str(SOME)), Shelf, (0, SOME)),
    ],
)
def test_a_target_is_a_model_and_a_typed_key(target: Any, model: Any, columns: Any) -> None:
    if isinstance(target, Book | Shelf):
        stored(target)

    assert Target.of(target) == (None if model is None else key(model), *columns)


@pytest.mark.parametrize(
    ("record", "error"),
    [
        (Book(), ValueError),
        (stored(Book()), ValueError),
        (Book(pk=5), ValueError),
        (Shelf(), ValueError),
        (stored(Book(pk=0)), ValueError),
        (stored(Book(pk="0")), ValueError),
        (stored(Shelf(pk=NIL)), ValueError),
        (stored(Shelf(pk=str(NIL))), ValueError),
        (stored(Label(pk="5")), TypeError),
    ],
    # No reprs: an unsaved shelf has another key in every process that collects the tests.
    ids=[
        "unsaved",
        "stored without a key",
        "unsaved with a key",
        "unsaved with a UUID",
        "zero",
        "zero as text",
        "nil",
        "nil as text",
        "a key of text",
    ],
)
def test_some_records_are_no_target(record: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Target.of(record)
