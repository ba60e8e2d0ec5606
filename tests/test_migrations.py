"""The migrations say what the models say, and let every model be swapped."""

from __future__ import annotations

from importlib import import_module
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from authkit.models import Mail, Tag
from authkit.models.swapping import SWAPPABLE_MODELS

initial = import_module("authkit.migrations.0001_initial").Migration
groups = import_module("authkit.migrations.0002_groups").Migration


@pytest.mark.django_db
def test_nothing_has_drifted() -> None:
    said = StringIO()

    call_command("makemigrations", "authkit", check_changes=True, dry_run=True, stdout=said)

    assert said.getvalue() == "No changes detected in app 'authkit'\n"


@pytest.mark.parametrize(
    ("migration", "waits_for"),
    # The groups of a project have owners, and so wait for the users of the first one.
    [(initial, settings.AUTH_USER_MODEL), (groups, settings.AUTHKIT_GROUP_MODEL)],
)
def test_foreign_keys_wait_for_swapped_models(migration: Any, waits_for: str) -> None:
    waiting = [getattr(each, "setting", None) for each in migration.dependencies]
    assert [each for each in waiting if each] == [waits_for]


def test_every_model_is_in_the_first_migration_where_foreign_keys_of_projects_look() -> None:
    assert not any(isinstance(operation, CreateModel) for operation in groups.operations)


def test_every_model_but_two_can_be_swapped() -> None:
    options = {
        operation.name: operation.options.get("swappable")
        for operation in initial.operations
        if isinstance(operation, CreateModel)
    }
    swappable = {label.split(".")[1]: setting for setting, label in SWAPPABLE_MODELS.items()}
    alone = dict.fromkeys([Mail.__name__, Tag.__name__])
    assert options == {"User": "AUTH_USER_MODEL", **swappable, **alone}


@pytest.mark.django_db(transaction=True)  # SQLite shows a migration outside of one alone
def test_the_migrations_can_be_undone() -> None:
    said = StringIO()

    for node in MigrationLoader(connection).disk_migrations:
        if node[0] == "authkit":
            call_command("sqlmigrate", *node, backwards=True, stdout=said)

    for operation in initial.operations:
        table = connection.ops.quote_name(f"authkit_{operation.name.lower()}")
        assert f"DROP TABLE {table}" in said.getvalue()
