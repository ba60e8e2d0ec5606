"""Every index with its columns, and the byte order of every key, as the database has them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, models

from authkit.models import Event, Group, Mail, Membership, Permission, Tag, User
from authkit.models.fields import KeyEmailField, KeyField

pytestmark = pytest.mark.django_db

UNIQUE, PLAIN = True, False
TARGET = ("target_key", "object_id", "object_uuid")

INDEXES: dict[type[models.Model], set[tuple[tuple[str, ...], bool]]] = {
    User: {
        (("email",), UNIQUE),
        (("email_key",), UNIQUE),
        (("username_key",), UNIQUE),
        (("is_superuser", "status"), PLAIN),
    },
    Group: {(("name",), UNIQUE), (("owner_id",), UNIQUE)},
    Membership: {
        (("user_id", "group_id"), UNIQUE),
        (("user_id", "group_id", "expires_at"), PLAIN),
        (("group_id", "user_id", "expires_at"), PLAIN),
    },
    Permission: {
        ((*TARGET, "name", "group_id"), UNIQUE),
        (("group_id", "name", *TARGET, "expires_at"), PLAIN),
    },
    Tag: {
        (("namespace", "target_key", "path", "object_id", "object_uuid"), UNIQUE),
        ((*TARGET, "namespace", "path"), PLAIN),
    },
    Event: {
        (("sequence",), UNIQUE),
        (("at",), PLAIN),
        (("name", "at"), PLAIN),
        (("user_id",), PLAIN),
        (("actor_id",), PLAIN),
    },
    Mail: {(("next_try",), PLAIN), (("user_id",), PLAIN)},
}
# InnoDB makes one of its own for a foreign key that no index begins with.
INNODB = {Permission: {(("content_type_id",), PLAIN)}, Tag: {(("content_type_id",), PLAIN)}}

CHECKS = {
    User: {"is_active", "status", "blocked_from"},
    Permission: {"target_key", "record"},
    Tag: {"target_key", "record", "on_record"},
}


def constraints(model: type[models.Model]) -> dict[str, dict[str, Any]]:
    with connection.cursor() as cursor:
        found: dict[str, dict[str, Any]] = connection.introspection.get_constraints(
            cursor, model._meta.db_table
        )
    return found


def collations(model: type[models.Model]) -> dict[str, str | None]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            columns = connection.introspection.get_table_description(cursor, table)
            return {column.name: column.collation for column in columns}
        # Django's introspection loses its place at the second column of some constraints.
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
        return dict(re.findall(r'"(\w+)" varchar\(\d+\) COLLATE (\w+)', cursor.fetchone()[0]))


@pytest.mark.parametrize("model", INDEXES, ids=lambda model: model.__name__)
def test_a_table_has_these_indexes_and_no_others(model: type[models.Model]) -> None:
    found = {
        (tuple(row["columns"]), row["unique"])
        for row in constraints(model).values()
        if (row["index"] or row["unique"]) and not row["primary_key"]
    }
    own = INNODB.get(model, set()) if connection.vendor == "mysql" else set()
    assert found == INDEXES[model] | own


@pytest.mark.parametrize("model", CHECKS, ids=lambda model: model.__name__)
def test_every_check_is_in_the_database(model: type[models.Model]) -> None:
    table = model._meta.db_table
    names = {name for name, row in constraints(model).items() if row["check"]}
    assert {f"{table}_{name}" for name in CHECKS[model]} <= names


@pytest.mark.parametrize("model", INDEXES, ids=lambda model: model.__name__)
def test_keys_are_ordered_by_their_bytes(model: type[models.Model]) -> None:
    byte_order = {"postgresql": "C", "sqlite": "BINARY", "mysql": "utf8mb4_nopad_bin"}
    keys = {
        field.column
        for field in model._meta.concrete_fields
        if isinstance(field, KeyField | KeyEmailField)
    }
    found = {name: order for name, order in collations(model).items() if name in keys}
    assert found == dict.fromkeys(keys, byte_order[connection.vendor])


def test_these_columns_are_keys() -> None:
    keys = {
        f"{model.__name__}.{field.name}"
        for model in INDEXES
        for field in model._meta.concrete_fields
        if isinstance(field, KeyField | KeyEmailField)
    }
    assert keys == {
        "User.email",
        "User.email_key",
        "User.status",
        "User.blocked_from",
        "User.username",
        "User.username_key",
        "Group.name",
        "Permission.name",
        "Tag.namespace",
        "Tag.path",
    }
