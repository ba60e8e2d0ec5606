"""What a question is about, one type for each kind of answer."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

from django.db.models import Model

from authkit.models.targets import Target

from .arguments import asked_target


class Capability(NamedTuple):
    """No model at all."""


class WholeModel(NamedTuple):
    """A model with all its records, or one that is to be made."""

    model: type[Model]


class SomeRecord(NamedTuple):
    """Any record of a model."""

    model: type[Model]


class KeyedRecord(NamedTuple):
    """The record of a key, which is not loaded."""

    model: type[Model]
    key: Any


class OneRecord(NamedTuple):
    """A record."""

    record: Model


Subject: TypeAlias = Capability | WholeModel | SomeRecord | KeyedRecord | OneRecord


def target_of(subject: Subject) -> Target:
    """What a grant that covers *subject* is on; for some record its model."""
    return Target() if isinstance(subject, Capability) else asked_target(*subject)
