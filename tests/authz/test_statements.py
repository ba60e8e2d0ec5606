"""Values in compiled statements come back from the database as they were."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    F,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.expressions import RawSQL

from authkit.authz.statements import Part, Slot, Statement, compiled, literal, named
from authkit.models import Group, Status
from authkit.models.targets import BIGGEST, NIL

pytestmark = pytest.mark.django_db

TEXT, NUMBER = CharField(), BigIntegerField()
TEXTS = [
    "plain",
    "with-dash",
    "-",
    "--",
    "",
    "two words",
    "it's",
    "''",
    "'; --",
    'say "no"',
    "`tick`",
    "50%",
    "%s",
    "%%s",
    "%(name)s",
    "back\\slash",
    "end\\",
    "\\'",
    "a;b",
    "a/*b*/",
    "$1",
    ":a",
    "?",
    "line\nbreak",
    "NULL",
    "007",
    "1e5",
    "0x10",
    "Größe",
    "٣٤",
    "²",
    "𝟙",
    "ﬁ",
    "用户",
    "🔑",
]
# A name has no control characters.
NAMES = [text for text in TEXTS if text.isprintable()]
NUMBERS = [0, 1, -1, -5, 10**12, BIGGEST, -BIGGEST, -BIGGEST - 1]
NAME = Slot("name", TEXT)
SOME = UUID("12345678-9abc-4def-8123-456789abcdef")


def row(*expressions: Any) -> QuerySet[Any]:
    """A query of one row: what the *expressions* are."""
    named_ones = dict(zip((f"found{i}" for i in count()), expressions, strict=False))
    return Group.objects.order_by().annotate(**named_ones).values_list(*named_ones)[:1]


def statement_of(*expressions: Any) -> Statement:
    """The statement of that query."""

    def build() -> QuerySet[Any]:
        return row(*expressions)

    return compiled("default", build)


def values_of(*expressions: Any, **slots: Any) -> Sequence[Any]:
    """The row that the statement finds, with *slots* filled so."""
    Group.objects.create(name="one")
    (found,) = statement_of(*expressions).run(connection, slots)
    return tuple(found)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back(text: str) -> None:
    assert values_of(Value(text, TEXT), Slot("a", TEXT), a=text) == (text, text)


@pytest.mark.parametrize("text", NAMES)
def test_a_text_finds_its_row_and_no_other(text: str) -> None:
    Group.objects.bulk_create(Group(name=f"{each}|") for each in NAMES)

    def build() -> QuerySet[Any]:
        return Group.objects.filter(name=f"{text}|").values_list("name")

    def by_slot() -> QuerySet[Any]:
        return Group.objects.filter(name=Slot("a", TEXT)).values_list("name")

    constant = compiled("default", build).run(connection, {})
    filled = compiled("default", by_slot).run(connection, {"a": f"{text}|"})
    assert [list(map(tuple, rows)) for rows in (constant, filled)] == [[(f"{text}|",)]] * 2


@pytest.mark.parametrize("number", NUMBERS)
def test_an_integer_comes_back_and_can_be_counted_with(number: int) -> None:
    found = values_of(Value(number, NUMBER), Slot("a", NUMBER), a=number)
    assert found == (number, number)
    statement = statement_of(F("pk") - Value(number % 1000 - 500, NUMBER))
    (found,) = statement.run(connection, {})
    assert found == (Group.objects.get().pk - number % 1000 + 500,)


@pytest.mark.parametrize("flag", [True, False, None])
def test_a_flag_comes_back_and_is_no_number(flag: Any) -> None:
    assert literal(flag) is None
    assert values_of(Value(flag, BooleanField())) == (flag,)


@pytest.mark.parametrize("key", [NIL, SOME])
def test_a_uuid_comes_back(key: UUID) -> None:
    found = values_of(Value(key, UUIDField()), Slot("a", UUIDField()), a=key)
    assert [UUID(str(each)) for each in found] == [key, key]


def test_a_choice_is_its_value() -> None:
    assert literal(Status.ACTIVE) == "'active'"
    assert values_of(Value(Status.ACTIVE, TEXT)) == ("active",)


@pytest.mark.parametrize(
    "value", ["it's", "back\\slash", "50%", "a b", "", "-", "a;b", 'a"b', "\x00", 1.5, b"a", None]
)
def test_only_what_sql_takes_for_a_plain_value_is_written_into_it(value: Any) -> None:
    assert literal(value) is None


def test_one_name_fills_each_of_its_places() -> None:
    a, b = Slot("a", TEXT), Slot("b", TEXT)

    assert values_of(a, b, a, Value("it's", TEXT), b, a="%(b)s", b="%s") == (
        "%(b)s",
        "%s",
        "%(b)s",
        "it's",
        "%s",
    )


@pytest.mark.parametrize("text", TEXTS)
def test_a_part_of_another_query_has_the_same_values(text: str) -> None:
    Group.objects.create(name="one", description="50%")

    def build() -> QuerySet[Any]:
        # A percent sign of the statement's own, and a name twice
        own = RawSQL("'50%%'", [], TEXT)
        rows = Group.objects.filter(name=NAME, description=own).order_by()
        return rows.filter(name=NAME).annotate(found=Value(text, TEXT)).values("found")

    part = Part(build, name="one")
    part.output_field = TEXT
    rows = Group.objects.annotate(before=Value("%s", TEXT), part=part, after=Value("'", TEXT))

    assert rows.values_list("before", "part", "after").get() == ("%s", text, "'")


@pytest.mark.parametrize(
    ("sql", "params"), [("SELECT %s", []), ("SELECT %s", ["a", "b"]), ("SELECT 1", ["a"])]
)
def test_as_many_values_as_places_are_needed(sql: str, params: list[Any]) -> None:
    with pytest.raises(ValueError, match="zip"):
        named(sql, params)


def test_a_place_that_nothing_fills_is_an_error() -> None:
    with pytest.raises((KeyError, ProgrammingError)):
        values_of(Slot("a", TEXT))
