"""Hierarchical tags on records, in namespaces."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import KeyField
from .targeted import TargetModel, named_target
from .targets import NIL, Target
from .tracked import TrackedManager, TrackedModel, write_db


def clean_path(path: str) -> str:
    """The canonical form of a tag's path: NFC, no outer slashes, no outer spaces in a segment.

    Raises ValidationError: empty, too long, an empty segment, ".", "..", or a control or format
    character.
    """
    path = unicodedata.normalize("NFC", path)
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for char in path):
        raise ValidationError(_("Control characters are not allowed."), code="tag_control")
    segments = [segment.strip() for segment in path.strip().strip("/").split("/")]
    if any(segment in {"", ".", ".."} for segment in segments):
        raise ValidationError(_("A tag needs a name at every level."), code="tag_segment")
    clean = "/".join(segments)
    if len(clean) > 255:
        raise ValidationError(_("A tag has at most 255 characters."), code="tag_length")
    return clean


def validate_path(path: str) -> None:
    """Raises ValidationError as ``clean_path``."""
    clean_path(path)


class TagManager(TrackedManager["Tag"]):
    """Tags records and untags them."""

    def add(self, namespace: str, record: models.Model, path: str) -> Tag:
        """The tag on *record*, made if it is not there."""
        return self.put(self._key(namespace, record, path))

    def remove(self, namespace: str, record: models.Model, path: str) -> int:
        """How many tags were taken off: 0 or 1."""
        return self.discard(self._key(namespace, record, path))

    def get_by_natural_key(self, namespace: str, path: str, *target: Any) -> Tag:
        """The tag on the record that fixtures call so."""
        return self.get(namespace=namespace, path=path, **named_target(*target))

    def _key(self, namespace: str, record: models.Model, path: str) -> dict[str, Any]:
        target = Target.of(record, using=write_db(self))
        if (target.object_id, target.object_uuid) == (0, NIL):
            raise TypeError("Only a record can be tagged.")
        columns = {**target._asdict(), "target_key": target.content_type_id}
        return {"namespace": namespace, "path": clean_path(path), **columns}


class Tag(TrackedModel, TargetModel):
    """A path like ``teacher/physics`` on one record."""

    namespace: models.CharField[str, str] = KeyField(_("namespace"), max_length=100)
    path: models.CharField[str, str] = KeyField(
        _("path"), max_length=255, validators=[validate_path]
    )

    objects: ClassVar[TagManager] = TagManager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TargetModel.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(object_id=0, object_uuid=NIL),
                name="%(app_label)s_%(class)s_on_record",
            ),
            # Finds a subtree by range.
            models.UniqueConstraint(
                fields=["namespace", "target_key", "path", "object_id", "object_uuid"],
                name="%(app_label)s_%(class)s_path",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The tags of a record.
            models.Index(fields=["target_key", "object_id", "object_uuid", "namespace", "path"]),
        ]

    def __str__(self) -> str:
        return self.path

    def natural_key(self) -> tuple[Any, ...]:
        """What fixtures call the tag."""
        return (self.namespace, self.path, *self.target_natural_key())

    def clean(self) -> None:
        super().clean()
        with suppress(ValidationError):  # which the field has reported
            self.path = clean_path(self.path)

    def prepare(self) -> None:
        self.clean_target()
        self.path = clean_path(self.path)

    def describe(self) -> dict[str, Any]:
        return {"namespace": self.namespace, "path": self.path, "target": self.describe_target()}
