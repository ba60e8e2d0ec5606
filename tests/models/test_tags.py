"""Tags: one canonical form of a path, on records only, added once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from authkit.models import Group, Tag
from authkit.models.tags import clean_path
from tests.models.library import Book, Shelf


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        ("teacher", "teacher"),
        ("/teacher/", "teacher"),
        ("//teacher//", "teacher"),
        ("teacher/physics", "teacher/physics"),
        (" /teacher / physics/ ", "teacher/physics"),
        ("Teacher", "Teacher"),
        ("high school", "high school"),
        (unicodedata.normalize("NFD", "é"), "é"),
        ("100%/a_b\\c", "100%/a_b\\c"),
        ("...", "..."),
        ("a" * 255, "a" * 255),
        ("ß", "ß"),
    ],
)
def test_a_path_has_one_form(path: str, canonical: str) -> None:
    assert clean_path(path) == canonical == clean_path(canonical)


@pytest.mark.parametrize(
    "path",
    ["", " ", "/", "a//b", "a/ /b", ".", "..", "a/./b", "../a", "a\n", "a\n/b", "a\x00", "a\tb"]
    + ["a\u200bb", "a\u202eb", "a\u2028b", "\ud800", "a" * 256],
    ids=ascii,
)
def test_some_paths_are_refused(path: str) -> None:
    with pytest.raises(ValidationError):
        clean_path(path)


def test_a_tag_is_added_once_in_whatever_spelling(book: Book, db: None) -> None:
    tags = [Tag.objects.add("topics", book, path) for path in ("a/b", "/a/b/", " a / b ")]

    assert tags == [Tag.objects.get()] * 3
    assert str(tags[0]) == "a/b"


def test_a_tag_is_removed_from_its_record_and_path_alone(
    book: Book, shelf: Shelf, db: None
) -> None:
    for record in (book, shelf):
        for path in ("a", "a/b", "A"):
            Tag.objects.add("topics", record, path)

    assert [Tag.objects.remove("topics", book, " /a/") for _ in range(2)] == [1, 0]
    assert Tag.objects.count() == 5


@pytest.mark.parametrize("target", [None, Book])
def test_only_records_are_tagged(db: None, target: Any) -> None:
    with pytest.raises(TypeError, match="record"):
        Tag.objects.add("topics", target, "a")


@pytest.mark.parametrize("way", ["create", "bulk_create", "full_clean"])
def test_a_path_is_stored_in_its_form(make_group: Callable[..., Group], way: str) -> None:
    group = make_group()
    kind = ContentType.objects.get_for_model(group)
    tag = Tag(namespace="topics", path=" a / b/", content_type=kind, object_id=group.pk)
    if way == "create":
        tag.save()
    elif way == "bulk_create":
        Tag.objects.bulk_create([tag])
    else:
        tag.full_clean()

    assert (tag.path, tag.target_key) == ("a/b", kind.pk)


def test_an_invalid_path_is_reported_at_its_field(make_group: Callable[..., Group]) -> None:
    tag = Tag(namespace="topics", path="a//b", object_id=5)
    tag.content_type = ContentType.objects.get_for_model(Group)

    with pytest.raises(ValidationError) as error:
        tag.full_clean()

    assert list(error.value.message_dict) == ["path"]


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda book: Tag.objects.add("topics", book, "b"), ["tag_add"]),
        (lambda book: Tag.objects.add("topics", book, "a"), []),
        (lambda book: Tag.objects.remove("topics", book, "a"), ["tag_remove"]),
        (lambda book: Tag.objects.remove("topics", book, "b"), []),
        (lambda book: Tag.objects.update(path="c"), ["tag_update"]),
        (lambda book: Tag.objects.all().delete(), ["tag_remove"]),
    ],
)
def test_a_change_of_tags_is_one_event(
    db: None,
    book: Book,
    events: Callable[[], list[str]],
    change: Callable[[Book], Any],
    names: list[str],
) -> None:
    Tag.objects.add("topics", book, "a")
    events()

    change(book)

    assert events() == names
