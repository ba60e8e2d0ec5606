"""Statements that the ORM compiles once for each database; then the cursor runs them.

Building a query costs many times what the database needs to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Expression, QuerySet
from django.db.models.lookups import In
from django.utils import timezone


class Slot(Expression):
    """A place in a statement that is filled when it runs."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


# Filled by run() itself, so that one statement decides every expiry at one instant.
NOW = Slot("now", models.DateTimeField())
Build = Callable[..., "QuerySet[Any]"]


class Statement(NamedTuple):
    """SQL whose places are named, in the order of *names*, after what fills them."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]

    def fill(self, connection: Any, values: dict[str, Any]) -> dict[str, Any]:
        """What stands in each place, with these *values* of the slots."""
        filled = {**self.constants, **values, "now": now(connection)}
        for name, value in values.items():
            if type(value) is UUID and not connection.features.has_native_uuid_field:
                filled[name] = value.hex
        return filled

    def run(self, connection: Any, values: dict[str, Any]) -> Sequence[Any]:
        """The rows, for these *values* of the slots."""
        cursor = connection.cursor()
        cursor.execute(self.sql, self.fill(connection, values))
        rows: Sequence[Any] = cursor.fetchall()
        return rows

    def within(self, connection: Any, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """The same as a part of another, whose places have no names."""
        filled = self.fill(connection, values)
        sql = self.sql.replace("%%", "%%%%") % dict.fromkeys(self.names, "%s")
        return sql, [filled[name] for name in self.names]


@cache
def compiled(using: str, build: Build, *shape: Any) -> Statement:
    """The statement of the query that *build* makes of *shape* for the database *using*."""
    query = build(*shape).using(using).query
    return named(*query.get_compiler(using).as_sql())


def now(connection: Any) -> str:
    """This instant as the database keeps one; text, which every driver passes on at once."""
    instant = timezone.now()
    if instant.tzinfo is not None and not connection.features.supports_timezones:
        instant = instant.astimezone(connection.timezone).replace(tzinfo=None)
    return str(instant)


def named(sql: str, params: Sequence[Any]) -> Statement:
    """The statement with names for its places, which Django need not spell anew for each driver.

    What is the same at each run is written into it, which spares the driver the work.
    """
    pieces = sql.split("%s")
    text, names, constants = pieces[0], list[str](), dict[str, Any]()
    for value, piece in zip(params, pieces[1:], strict=True):
        place = literal(value)
        if place is None:
            name = value.name if isinstance(value, Slot) else f"constant{len(constants)}"
            if not isinstance(value, Slot):
                constants[name] = value
            names.append(name)
            place = f"%({name})s"
        text += place + piece
    return Statement(text, tuple(names), constants)


def literal(value: Any) -> str | None:
    """*value* as SQL, if it is a number or has no character that SQL would take for its own."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(int(value))
    if isinstance(value, (str, UUID)) and str(value).replace("-", "").isalnum():
        return f"'{value}'"
    return None


def ask(connection: Any, values: dict[str, Any], build: Build, *shape: Any) -> bool:
    """Whether the query that *build* makes of *shape* finds a row."""
    return bool(compiled(connection.alias, build, *shape).run(connection, values))


class Part(Expression):
    """The query that *build* makes of *shape*, as a part of another: ``OneOf(F("pk"), Part(…))``.

    It names nothing of the query around it, which therefore need not be known when it is compiled.
    """

    def __init__(self, build: Build, *shape: Any, **values: Any) -> None:
        super().__init__(output_field=models.BigIntegerField())
        self.question = build, *shape
        self.values = values

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        statement = compiled(connection.alias, *self.question)
        sql, params = statement.within(connection, self.values)
        return f"({sql})", params


class UnionPart(Part):
    """A Part of two queries, which MariaDB would run anew for each of the rows around it."""

    def as_mysql(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.as_sql(compiler, connection)
        return f"(SELECT * FROM {sql} found)", params


class OneOf(In):
    """``IN`` of what a query finds.

    PostgreSQL takes it for many, and would read every row to join them; an array it looks up by the
    index, in the order of the list, and plans in half the time.
    """

    def get_rhs_op(self, connection: Any, rhs: str) -> str:
        if connection.vendor == "postgresql":
            return f"= ANY (ARRAY{rhs})"
        return super().get_rhs_op(connection, rhs)
