"""What a grant or tag points at: nothing, a model, or one record by a typed key."""

from __future__ import annotations

import uuid
from typing import ClassVar, NamedTuple, Self

from django.contrib.contenttypes.models import ContentType
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

NIL = uuid.UUID(int=0)


class Target(NamedTuple):
    """The columns of a target; the defaults mean none."""

    content_type_id: int | None = None
    object_id: int = 0
    object_uuid: uuid.UUID = NIL

    @classmethod
    def of(cls, target: type[models.Model] | models.Model | None) -> Self:
        """The target that a model class, a saved record or None stands for.

        Raises ValueError: the record is unsaved or its key is 0 or nil. TypeError: its primary key
        is neither an integer nor a UUID.
        """
        if target is None:
            return cls()
        key = ContentType.objects.get_for_model(target).pk
        if isinstance(target, type):
            return cls(key)
        if target.pk is None or target._state.adding:
            raise ValueError("An unsaved record is no target.")
        pk = target.pk
        if not pk or pk == NIL:
            raise ValueError("A record whose key is 0 or nil is no target.")
        if isinstance(pk, uuid.UUID):
            return cls(key, object_uuid=pk)
        if isinstance(pk, int):
            return cls(key, object_id=pk)
        raise TypeError(f"{target._meta.label} has neither an integer nor a UUID as primary key.")


class TargetModel(models.Model):
    """The columns that hold a target; no NULL takes part in a key, so that uniqueness holds."""

    content_type = models.ForeignKey(
        ContentType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("model"),
    )
    target_key = models.IntegerField(default=0, editable=False)
    object_id = models.BigIntegerField(
        _("record (number)"), default=0, validators=[MinValueValidator(0)]
    )
    object_uuid = models.UUIDField(_("record (UUID)"), default=NIL)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(content_type__isnull=True, target_key=0)
                | Q(content_type__isnull=False, target_key=F("content_type")),
                name="%(app_label)s_%(class)s_target_key",
            ),
            models.CheckConstraint(
                condition=Q(object_id=0, object_uuid=NIL)
                | (Q(target_key__gt=0) & (Q(object_id=0) | Q(object_uuid=NIL))),
                name="%(app_label)s_%(class)s_record",
            ),
        ]

    @property
    def target(self) -> Target:
        """The target as columns."""
        return Target(self.content_type_id, self.object_id, self.object_uuid)

    def clean_target(self) -> None:
        """Derive ``target_key`` from the foreign key."""
        self.target_key = self.content_type_id or 0

    def describe_target(self) -> str:
        """The target in words: "", "blog.post" or "blog.post 5"."""
        if self.content_type is None:
            return ""
        label = f"{self.content_type.app_label}.{self.content_type.model}"
        if self.object_id:
            return f"{label} {self.object_id}"
        return f"{label} {self.object_uuid}" if self.object_uuid != NIL else label
