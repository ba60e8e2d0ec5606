"""Rows as a database is given them, past the models' own code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, models, transaction

from authkit.models import Event, Group, Mail, Membership, Permission, Tag, User, identity

Row = Callable[[], models.Model]


def user(**columns: Any) -> Row:
    keys = {
        f"{name}_key": getattr(identity, f"{name}_key")(columns[name])
        for name in ("email", "username")
        if columns.get(name)
    }
    return lambda: User(
        **{"is_active": columns.get("status", "active") == "active"} | keys | columns
    )


def group(name: str) -> Row:
    return lambda: Group(name=name)


def membership(who: str = "ann", where: str = "editors", **columns: Any) -> Row:
    return lambda: Membership(user=person(who), group=house(where), **columns)


def permission(name: str = "read", where: str = "editors", on: str = "", **columns: Any) -> Row:
    return lambda: Permission(group=house(where), name=name, **target(on) | columns)


def tag(path: str = "a", namespace: str = "topics", on: str = "user", **columns: Any) -> Row:
    values = {"object_id": 5} | columns
    return lambda: Tag(namespace=namespace, path=path, **target(on) | values)


def event(**columns: Any) -> Row:
    return lambda: Event(name="login", **columns)


def mail(**columns: Any) -> Row:
    return lambda: Mail(purpose="registration", language="en", **columns)


def person(name: str) -> User:
    return User.objects.get_or_create(username=name)[0]


def house(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]


def target(model: str) -> dict[str, Any]:
    if not model:
        return {}
    pk = ContentType.objects.get(app_label="authkit", model=model).pk
    return {"content_type_id": pk, "target_key": pk}


def is_accepted(*rows: Row) -> bool:
    """Whether the database takes *rows*, written without any of the models' own code."""
    try:
        with transaction.atomic():
            for row in rows:
                made = row()
                models.QuerySet(type(made)).bulk_create([made])
            connection.check_constraints()
    except DatabaseError:
        return False
    return True
