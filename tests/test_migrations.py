"""The migrations say what the models say, and let every model be swapped."""

from __future__ import annotations

from importlib import import_module
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import CreateModel

from authkit.models import Mail, Tag
from authkit.models.swapping import SWAPPABLE_MODELS

initial = import_module("authkit.migrations.0001_initial").Migration


@pytest.mark.django_db
def test_nothing_has_drifted() -> None:
    said = StringIO()

    call_command("makemigrations", "authkit", check_changes=True, dry_run=True, stdout=said)

    assert said.getvalue() == "No changes detected in app 'authkit'\n"


def test_foreign_keys_wait_for_swapped_models() -> None:
    wanted = {
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.AUTHKIT_GROUP_MODEL),
    }
    assert wanted <= set(initial.dependencies)


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

    assert said.getvalue().count("DROP TABLE") == len(initial.operations)
