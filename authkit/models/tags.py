"""Hierarchical tags on records, in namespaces."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .fields import KeyField
from .targets import Target, TargetModel
from .tracked import TrackedModel, TrackedQuerySet


def clean_path(path: str) -> str:
    """The canonical form of a tag's path: NFC, no outer slashes, no outer spaces in a segment.

    Raises ValidationError: empty, too long, an empty segment, ".", "..", or a control or format
    character.
    """
    path = unicodedata.normalize("NFC", path)
    segments = [segment.strip() for segment in path.strip("/").split("/")]
    if any(segment in {"", ".", ".."} for segment in segments):
        raise ValidationError(_("A tag needs a name at every level."), code="tag_segment")
    clean = "/".join(segments)
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in clean):
        raise ValidationError(_("Control characters are not allowed."), code="tag_control")
    if len(clean) > 255:
        raise ValidationError(_("A tag has at most 255 characters."), code="tag_length")
    return clean


class TagManager(models.Manager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Tags records and untags them."""

    def add(self, namespace: str, record: models.Model, path: str) -> Tag:
        """The tag on *record*, made if it is not there."""
        tag: Tag
        with transaction.atomic(using=self.db):
            tag, _created = self.get_or_create(
                namespace=namespace, path=clean_path(path), **self._columns(record)
            )
        return tag

    def remove(self, namespace: str, record: models.Model, path: str) -> int:
        """How many tags were taken off: 0 or 1."""
        with transaction.atomic(using=self.db):
            rows = list(
                self.select_for_update().filter(
                    namespace=namespace, path=clean_path(path), **self._columns(record)
                )
            )
            for row in rows:
                row.delete()
        return len(rows)

    @staticmethod
    def _columns(record: models.Model) -> dict[str, Any]:
        columns = Target.of(record)
        return {**columns._asdict(), "target_key": columns.content_type_id}


class Tag(TrackedModel, TargetModel):
    """A path like ``teacher/physics`` on one record."""

    namespace = KeyField(_("namespace"), max_length=100)
    path = KeyField(_("path"), max_length=255)

    objects: ClassVar[TagManager] = TagManager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TargetModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(content_type__isnull=False), name="%(app_label)s_%(class)s_model"
            ),
            # Finds a subtree by range.
            models.UniqueConstraint(
                fields=["namespace", "target_key", "path", "object_id", "object_uuid"],
                name="%(app_label)s_%(class)s_path",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The tags of a record.
            models.Index(
                fields=["target_key", "object_id", "object_uuid", "namespace", "path"],
                name="%(app_label)s_%(class)s_tags",
            ),
        ]

    def __str__(self) -> str:
        return self.path

    def clean(self) -> None:
        super().clean()
        self.path = clean_path(self.path)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean_target()
        super().save(*args, **kwargs)

    def describe(self) -> dict[str, Any]:
        return {"namespace": self.namespace, "path": self.path, "target": self.describe_target()}
