"""What a group may do."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .fields import KeyField
from .targets import Target, TargetModel
from .tracked import TrackedModel, TrackedQuerySet

# Free text, but nothing that a terminal or a log would act on.
validate_permission_name = RegexValidator(
    r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029]+\Z", _("Control characters are not allowed."), "control"
)


class PermissionManager(models.Manager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Grants and revokes."""

    def add(
        self,
        group: models.Model,
        name: str,
        target: type[models.Model] | models.Model | None = None,
        *,
        expires_at: datetime | None = None,
    ) -> AbstractPermission:
        """The grant, made or prolonged: the last call's *expires_at* wins."""
        validate_permission_name(name)
        MaxLengthValidator(100)(name)
        with transaction.atomic(using=self.db):
            grant: AbstractPermission
            grant, created = self.get_or_create(
                group=group,
                name=name,
                **self._columns(target),
                defaults={"expires_at": expires_at},
            )
            if not created and grant.expires_at != expires_at:
                grant.expires_at = expires_at
                grant.save(update_fields=["expires_at"])
        return grant

    def remove(
        self,
        group: models.Model,
        name: str,
        target: type[models.Model] | models.Model | None = None,
    ) -> int:
        """How many grants were revoked: 0 or 1."""
        with transaction.atomic(using=self.db):
            rows = list(
                self.select_for_update().filter(group=group, name=name, **self._columns(target))
            )
            for row in rows:
                row.delete()
        return len(rows)

    @staticmethod
    def _columns(target: type[models.Model] | models.Model | None) -> dict[str, Any]:
        columns = Target.of(target)
        return {**columns._asdict(), "target_key": columns.content_type_id or 0}


class AbstractPermission(TrackedModel, TargetModel):
    """A grant of *name* to a group: as a capability, on a model, or on one record."""

    group = models.ForeignKey(
        settings.AUTHKIT_GROUP_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_permissions",
        db_index=False,
        verbose_name=_("group"),
    )
    name = KeyField(_("name"), max_length=100, validators=[validate_permission_name])
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Empty: does not expire.")
    )

    objects: ClassVar[PermissionManager] = PermissionManager()

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
                fields=["group", "name", "target_key", "object_id", "object_uuid", "expires_at"],
                name="%(app_label)s_%(class)s_check",
            ),
        ]

    def __str__(self) -> str:
        target = self.describe_target()
        return f"{self.group}: {self.name} {target}".rstrip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.clean_target()
        super().save(*args, **kwargs)

    def describe(self) -> dict[str, Any]:
        return {"group": str(self.group_id), "name": self.name, "target": self.describe_target()}
