"""Rows that leave by a way on which nothing takes their permissions and tags along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.db import models

from authkit.models.targets import is_targetable, key_kind

from .issue import issue

BY_DATABASE = issue(
    "W210",
    "The database itself deletes rows by %(field)s: permissions and tags on them stay, and a key "
    "that is used again inherits them.",
    "Write on_delete=models.CASCADE, name the model in UNTARGETABLE_MODELS, or run "
    '"manage.py authkit_doctor --fix" after deletions.',
)

# Django has it since 6.1.
DB_CASCADE: Any = getattr(models, "DB_CASCADE", None)


def check_deletions(**kwargs: Any) -> list[CheckMessage]:
    """Django asks what goes along with a row only where it deletes the row itself."""
    return list(_deleted_by_database()) if DB_CASCADE is not None else []


def _deleted_by_database() -> Iterator[CheckMessage]:
    for model in apps.get_models():
        for field in model._meta.local_fields:
            how = getattr(field.remote_field, "on_delete", None)
            if how is DB_CASCADE and _is_target(model):
                yield BY_DATABASE(obj=field, field=f"{model._meta.label}.{field.name}")


def _is_target(model: type[models.Model]) -> bool:
    try:
        key_kind(model)
    except TypeError:
        return False
    return is_targetable(model)
