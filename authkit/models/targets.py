"""What a grant or tag points at: nothing, a model, or one record by a typed key."""

from __future__ import annotations

import uuid
from typing import NamedTuple, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models

NIL = uuid.UUID(int=0)


class Target(NamedTuple):
    """The columns of a target; the defaults mean none."""

    content_type_id: int | None = None
    object_id: int = 0
    object_uuid: uuid.UUID = NIL

    @classmethod
    def of(
        cls, target: type[models.Model] | models.Model | None, *, using: str | None = None
    ) -> Self:
        """The target that a model class, a saved record or None stands for.

        Raises ValueError: the record is unsaved or its key is 0 or nil. TypeError: its primary key
        is neither an integer nor a UUID.
        """
        if target is None:
            return cls()
        key = ContentType.objects.db_manager(using).get_for_model(target).pk
        if isinstance(target, type):
            return cls(key)
        if target.pk is None or target._state.adding:
            raise ValueError("An unsaved record is no target.")
        # An instance keeps a key that was given as text as text.
        pk = target._meta.pk.to_python(target.pk)
        if not pk or pk == NIL:
            raise ValueError("A record whose key is 0 or nil is no target.")
        if isinstance(pk, uuid.UUID):
            return cls(key, object_uuid=pk)
        if isinstance(pk, int):
            return cls(key, object_id=pk)
        raise TypeError(f"{target._meta.label} has neither an integer nor a UUID as primary key.")
