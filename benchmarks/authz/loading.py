"""Fills tables of Django models past the ORM; columns that are not named get their defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from .drivers import Driver, Row


def fill_model(
    driver: Driver, model: type[models.Model], names: Sequence[str], rows: Iterable[Row]
) -> None:
    """Put *rows* of the fields *names* into the table of *model*."""
    named = [model._meta.get_field(name) for name in names]
    others = [
        field
        for field in model._meta.concrete_fields
        if field not in named and not field.primary_key
    ]
    blank = model()
    defaults = tuple(stored(field, blank) for field in others)
    columns = [field.column for field in (*named, *others)]
    driver.fill(model._meta.db_table, columns, ((*row, *defaults) for row in rows))


def stored(field: models.Field[Any, Any], instance: models.Model) -> Any:
    """The column's value as the database keeps it."""
    return field.get_db_prep_save(field.pre_save(instance, add=True), connection)


def fill_people(driver: Driver, count: int) -> None:
    """The users."""
    from .project.models import Person

    rows = ((key, f"u{key}@example.com", f"u{key}@example.com") for key in range(1, count + 1))
    fill_model(driver, Person, ["id", "email", "email_key"], rows)


def fill_records(driver: Driver, model: type[models.Model], count: int) -> None:
    """The records of one model."""
    rows = ((key, f"{model.__name__} {key}") for key in range(1, count + 1))
    fill_model(driver, model, ["id", "title"], rows)
