"""The model base of what points at a target: a grant or a tag."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .targets import NIL, Target


def named_target(app_label: str, model: str, object_id: int, object_uuid: str) -> dict[str, Any]:
    """What a row fulfils whose target fixtures call so."""
    names: dict[str, Any] = {"content_type": None}
    if app_label:
        names = {"content_type__app_label": app_label, "content_type__model": model}
    return {**names, "object_id": object_id, "object_uuid": object_uuid}


# Not in the module of Target: mypy with the Django plugin never finishes a module that holds both
# a NamedTuple with methods and an abstract model.
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

    def target_natural_key(self) -> tuple[Any, ...]:
        """What fixtures call the target: app, model and key of the record."""
        types = ContentType.objects.db_manager(self._state.db)
        names = ("", "")
        if self.content_type_id is not None:
            names = types.get_for_id(self.content_type_id).natural_key()
        return (*names, self.object_id, str(self.object_uuid))

    def clean(self) -> None:
        super().clean()
        self.clean_target()

    def clean_target(self) -> None:
        """Derive ``target_key`` from the foreign key."""
        self.target_key = self.content_type_id or 0

    def describe_target(self) -> str:
        """The target in words: "", "blog.post" or "blog.post 5"."""
        if self.content_type_id is None:
            return ""
        types = ContentType.objects.db_manager(self._state.db)
        content_type = types.get_for_id(self.content_type_id)
        label = f"{content_type.app_label}.{content_type.model}"
        if self.object_id:
            return f"{label} {self.object_id}"
        return f"{label} {self.object_uuid}" if self.object_uuid != NIL else label
