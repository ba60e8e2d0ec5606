"""What a group may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import KeyField
from .swapping import GROUP_MODEL
from .targeted import TargetModel
from .targets import Target
from .tracked import TrackedManager, TrackedModel, write_db

P = TypeVar("P", bound="AbstractPermission")

# Free text, but nothing that a terminal or a log would act on.
validate_permission_name = RegexValidator(
    r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z", _("Control characters are not allowed."), "control"
)


class PermissionManager(TrackedManager[P]):
    """Grants and revokes."""

    def add(
        self,
        group: models.Model,
        name: str,
        target: type[models.Model] | models.Model | None = None,
        *,
        expires_at: datetime | None = None,
    ) -> P:
        """The grant, made or prolonged: the last call's *expires_at* wins."""
        validate_permission_name(name)
        MaxLengthValidator(100)(name)
        key = {"group": group, "name": name, **self._columns(target)}
        return self.put(key, expires_at=expires_at)

    def remove(
        self,
        group: models.Model,
        name: str,
        target: type[models.Model] | models.Model | None = None,
    ) -> int:
        """How many grants were revoked: 0 or 1."""
        return self.discard({"group": group, "name": name, **self._columns(target)})

    def _columns(self, target: type[models.Model] | models.Model | None) -> dict[str, Any]:
        columns = Target.of(target, using=write_db(self))
        return {**columns._asdict(), "target_key": columns.content_type_id or 0}


class AbstractPermission(TrackedModel, TargetModel):
    """A grant of *name* to a group: as a capability, on a model, or on one record."""

    group = models.ForeignKey(
        GROUP_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_permissions",
        db_index=False,
        verbose_name=_("group"),
    )
    name: models.CharField[str, str] = KeyField(
        _("name"), max_length=100, validators=[validate_permission_name]
    )
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Empty: does not expire.")
    )

    objects: ClassVar[PermissionManager[Self]] = PermissionManager()

    class Meta:
        abstract = True
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TargetModel.Meta.constraints,
            # Also finds who holds a right on a record, and the grants that go with a record.
            models.UniqueConstraint(
                fields=["target_key", "object_id", "object_uuid", "name", "group"],
                name="%(app_label)s_%(class)s_grant",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Answers a check from the index alone.
            models.Index(
                fields=["group", "name", "target_key", "object_id", "object_uuid", "expires_at"]
            ),
        ]

    def __str__(self) -> str:
        target = self.describe_target()
        return f"{self.group}: {self.name} {target}".rstrip()

    def prepare(self) -> None:
        self.clean_target()

    def describe(self) -> dict[str, Any]:
        return {
            "group": str(self.group_id),
            "name": self.name,
            "target": self.describe_target(),
            "expires_at": self.expires_at and self.expires_at.isoformat(),
        }
