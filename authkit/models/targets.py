"""What a grant or tag points at: nothing, a model, or one record by a typed key."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple, Self

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models

from authkit.conf import get_conf

from .swapping import SWAPPABLE_MODELS

NIL = uuid.UUID(int=0)
BIGGEST = 2**63 - 1
_TYPES: Any = ContentType.objects


class Target(NamedTuple):
    """The columns of a target; the defaults mean none."""

    content_type_id: int | None = None
    object_id: int = 0
    object_uuid: uuid.UUID = NIL

    @property
    def key(self) -> int:
        """The stored ``target_key``."""
        return self.content_type_id or 0

    @property
    def record_key(self) -> Any:
        """The primary key of the record; None: it is no record."""
        return self.object_id or (None if self.object_uuid == NIL else self.object_uuid)

    @property
    def kind(self) -> str:
        """By what it is found: "integer" or "uuid", the keys of a record; "model": by neither."""
        if self.object_id:
            return "integer"
        return "model" if self.object_uuid == NIL else "uuid"

    @property
    def is_record(self) -> bool:
        """Whether it is one record."""
        return self.kind != "model"

    @property
    def model_wide(self) -> Self:
        """The model that the record is one of."""
        return self._replace(object_id=0, object_uuid=NIL)

    @classmethod
    def of(
        cls, target: type[models.Model] | models.Model | None, *, using: str | None = None
    ) -> Self:
        """The target that a model class, a saved record or None stands for.

        Raises ValueError: the record is unsaved or its key is 0 or nil. TypeError: its primary key
        is neither an integer nor a UUID. LookupError: the model is not to be targeted.
        """
        if target is None:
            return cls()
        if isinstance(target, type):
            return cls(_content_type_id(target, using))
        if target.pk is None or target._state.adding:
            raise ValueError("An unsaved record is no target.")
        # Of a lazy object too, such as request.user.
        model, key = target.__class__, target.pk
        kind = key_kind(model)
        if kind is int and type(key) is int and 0 < key <= BIGGEST:
            return cls(_content_type_id(model, using), key)  # most often; of_key says the same
        if type(key) is not kind:
            # An instance keeps a key that was given as text as text.
            key = target._meta.pk.to_python(key)
        return cls.of_key(model, key, using=using)

    @classmethod
    def asked(cls, record: models.Model, *, using: str | None = None) -> Self:
        """What a question about *record* is about: its model, where no record can have grants.

        Raises ValueError, LookupError: see ``of``.
        """
        model = record.__class__
        if has_record_keys(model):
            return cls.of(record, using=using)
        if record.pk is None or record._state.adding:
            raise ValueError("An unsaved record is no target.")
        return cls.of(model, using=using)

    @classmethod
    def of_key(cls, model: type[models.Model], key: Any, *, using: str | None = None) -> Self:
        """The record of *model* with this primary key, as an integer, a UUID or their text.

        Raises ValueError: it is not exactly a key of the model. TypeError: see ``of``.
        """
        return cls._with(_content_type_id(model, using), exact_key(model, key))

    @classmethod
    def of_keys(
        cls, model: type[models.Model], keys: Iterable[Any], *, using: str | None = None
    ) -> list[Self]:
        """The records of *model* with these primary keys; see ``of_key``."""
        content_type_id = _content_type_id(model, using)
        return [cls._with(content_type_id, exact_key(model, key)) for key in keys]

    @classmethod
    def of_records(cls, records: Iterable[models.Model], *, using: str | None = None) -> list[Self]:
        """What questions about saved records are about; see ``asked``."""
        known: dict[type[models.Model], int] = {}
        found = []
        for record in records:
            model, key = record.__class__, record.pk
            if record._state.adding or type(key) is not int or not -BIGGEST <= key <= BIGGEST:
                found.append(cls.asked(record, using=using))  # no integer, or one that is refused
                continue
            if model not in known:
                known[model] = cls.asked(record, using=using).key
            found.append(cls(known[model], key) if key else cls.asked(record, using=using))
        return found

    @classmethod
    def _with(cls, content_type_id: int, key: Any) -> Self:
        return cls(content_type_id, key) if type(key) is int else cls(content_type_id, 0, key)


def _content_type_id(model: type[models.Model], using: str | None) -> int:
    if not is_targetable(model):
        raise LookupError(f"{model._meta.label} is named by UNTARGETABLE_MODELS.")
    manager = _TYPES.db_manager(using) if using else _TYPES
    found: int = manager.get_for_model(model).pk
    return found


@cache
def key_kind(model: type[models.Model]) -> type:
    """``int`` or ``uuid.UUID``: what the primary key of *model* is.

    Raises TypeError: it is neither.
    """
    field: Any = model._meta.pk
    while field.remote_field is not None:
        field = field.target_field
    for kind, fields in ((int, models.IntegerField), (uuid.UUID, models.UUIDField)):
        if isinstance(field, fields):
            return kind
    raise TypeError(f"{model._meta.label} has neither an integer nor a UUID as primary key.")


def has_record_keys(model: type[models.Model]) -> bool:
    """Whether single records of *model* can have grants and tags, by an integer or a UUID."""
    try:
        key_kind(model)
    except TypeError:
        return False
    return True


def key_column(model: type[models.Model]) -> tuple[str, Any]:
    """The column that holds the keys of *model*, and its value where there is no record."""
    return ("object_id", 0) if key_kind(model) is int else ("object_uuid", NIL)


def exact_key(model: type[models.Model], key: Any) -> Any:
    """*key* as the integer or UUID that it exactly is.

    Raises ValueError: it is none, or another spelling than the model's own, or 0 or nil.
    """
    kind = key_kind(model)
    value: Any = key
    if isinstance(key, str):
        try:
            value = kind(key)
        except ValueError:
            value = None
        if str(value) != key:
            value = None
    if type(value) is not kind or not value or value == NIL:
        raise ValueError(f"{key!r} is no primary key of a record of {model._meta.label}.")
    if isinstance(value, int) and not -BIGGEST <= value <= BIGGEST:
        raise ValueError(f"{key!r} is too large for a primary key of {model._meta.label}.")
    return value


def is_targetable(model: type[models.Model]) -> bool:
    """Whether grants and tags may point at *model*."""
    return _is_targetable(model, tuple(get_conf().UNTARGETABLE_MODELS))


@cache
def _is_targetable(model: type[models.Model], labels: tuple[str, ...]) -> bool:
    opts = model._meta.concrete_model._meta  # type: ignore[union-attr]
    # What says who may do what, and what was done, is no record of the project's.
    own = {getattr(settings, name) for name in SWAPPABLE_MODELS if name != "AUTHKIT_GROUP_MODEL"}
    refused = {label.lower() for label in (*labels, *own, "authkit.Tag", "authkit.Mail")}
    return not refused & {opts.app_label, opts.label_lower}


def find_model(name: str) -> type[models.Model]:
    """The model of the label *name* ("blog.Post"). Raises LookupError: there is none."""
    try:
        return apps.get_model(name)
    except ValueError:
        raise LookupError(f"{name!r} is no label of a model: write 'app.Model'.") from None
