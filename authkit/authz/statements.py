"""Statements that the ORM compiles once for each database; then the cursor runs them.

Building a query costs many times what the database needs to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, models
from django.db.models import Expression, QuerySet, Subquery
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
    """SQL, its parameters, and the places of the slots among them."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[tuple[int, str], ...]

    def fill(self, connection: Any, values: dict[str, Any]) -> list[Any]:
        """The parameters, with these *values* of the slots."""
        # As text, which every driver passes on at once.
        values["now"] = str(connection.ops.adapt_datetimefield_value(timezone.now()))
        params = list(self.params)
        for place, name in self.places:
            value = values[name]
            params[place] = adapt(connection, value) if type(value) is UUID else value
        return params

    def run(self, using: str, values: dict[str, Any]) -> Sequence[Any]:
        """The rows, for these *values* of the slots."""
        connection: Any = connections[using]
        cursor = connection.cursor()
        cursor.execute(self.sql, self.fill(connection, values))
        rows: Sequence[Any] = cursor.fetchall()
        return rows


def adapt(connection: Any, value: UUID) -> Any:
    """*value* as the columns of this database take it."""
    return value if connection.features.has_native_uuid_field else value.hex


@cache
def compiled(using: str, build: Build, *shape: Any) -> Statement:
    """The statement of the query that *build* makes of *shape* for the database *using*."""
    query = build(*shape).using(using).query
    sql, params = inlined(*query.get_compiler(using).as_sql())
    places = tuple((i, value.name) for i, value in enumerate(params) if isinstance(value, Slot))
    return Statement(sql, params, places)


def inlined(sql: str, params: Sequence[Any]) -> tuple[str, tuple[Any, ...]]:
    """*sql* with what is the same at each run written into it, which spares the driver the work."""
    pieces = sql.split("%s")
    text, kept = pieces[0], []
    for value, piece in zip(params, pieces[1:], strict=True):
        literal = value if type(value) is int else f"'{value}'" if is_plain(value) else "%s"
        if literal == "%s":
            kept.append(value)
        text += f"{literal}{piece}"
    return text, tuple(kept)


def is_plain(value: Any) -> bool:
    """Whether *value* is text or a UUID without a character that SQL would take for its own."""
    return isinstance(value, (str, UUID)) and str(value).replace("-", "").isalnum()


def ask(using: str, build: Build, *shape: Any, **values: Any) -> bool:
    """Whether the query that *build* makes of *shape* finds a row."""
    return bool(compiled(using, build, *shape).run(using, values))


class Part(Expression):
    """The query that *build* makes of *shape*, as a part of another: ``filter(pk__in=Part(…))``.

    It names nothing of the query around it, which therefore need not be known when it is compiled.
    """

    def __init__(self, build: Build, *shape: Any, **values: Any) -> None:
        super().__init__(output_field=models.BigIntegerField())
        self.question = build, *shape
        self.values = values

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        statement = compiled(connection.alias, *self.question)
        return f"({statement.sql})", statement.fill(connection, {**self.values})


class Few(Part):
    """A Part that finds few of the rows around it, so that these are looked up by their key.

    PostgreSQL takes the members of a group for many, and would read every user to find them;
    MariaDB would ask of every user whether a union holds him.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.as_sql(compiler, connection)
        return f"(SELECT unnest(ARRAY{sql}))", params

    def as_mysql(self, compiler: Any, connection: Any) -> Any:
        sql, params = self.as_sql(compiler, connection)
        return f"(SELECT * FROM {sql} few)", params


class FewKeys(Subquery):
    """The same of a query within a statement."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT unnest(ARRAY(%(subquery)s)))"
        return self.as_sql(compiler, connection, template=template, **context)
