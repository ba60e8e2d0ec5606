"""Groups and who belongs to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from .fields import KeyField
from .tracked import TrackedModel, TrackedQuerySet


class GroupManager(models.Manager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Creates and finds groups."""

    def create_group(self, name: str, *, description: str = "") -> AbstractGroup:
        """A new group; raises IntegrityError if the name is taken."""
        group: AbstractGroup = self.create(name=name, description=description)
        return group

    def get_by_natural_key(self, name: str) -> AbstractGroup:
        """The group of this name."""
        group: AbstractGroup = self.get(name=name)
        return group


class AbstractGroup(TrackedModel):
    """A named set of users, who share its permissions."""

    name = KeyField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True, default="")

    objects: ClassVar[GroupManager] = GroupManager()

    class Meta:
        abstract = True
        verbose_name = _("group")
        verbose_name_plural = _("groups")
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["name"], name="%(app_label)s_%(class)s_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def describe(self) -> dict[str, Any]:
        return {"name": self.name}


class MembershipManager(models.Manager.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
    """Adds users to groups and takes them out."""

    def add(
        self, group: models.Model, user: models.Model, *, expires_at: datetime | None = None
    ) -> AbstractMembership:
        """The membership, made or prolonged: the last call's *expires_at* wins."""
        with transaction.atomic(using=self.db):
            membership: AbstractMembership
            membership, created = self.get_or_create(
                group=group, user=user, defaults={"expires_at": expires_at}
            )
            if not created and membership.expires_at != expires_at:
                membership.expires_at = expires_at
                membership.save(update_fields=["expires_at"])
        return membership

    def remove(self, group: models.Model, user: models.Model) -> int:
        """How many memberships were removed: 0 or 1."""
        with transaction.atomic(using=self.db):
            rows = list(self.select_for_update().filter(group=group, user=user))
            for row in rows:
                row.delete()
        return len(rows)


class AbstractMembership(TrackedModel):
    """A user's place in a group, for a time or for good."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_memberships",
        db_index=False,
        verbose_name=_("user"),
    )
    group = models.ForeignKey(
        settings.AUTHKIT_GROUP_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_memberships",
        db_index=False,
        verbose_name=_("group"),
    )
    expires_at = models.DateTimeField(
        _("expires"), null=True, blank=True, help_text=_("Empty: does not expire.")
    )

    objects: ClassVar[MembershipManager] = MembershipManager()

    class Meta:
        abstract = True
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "group"], name="%(app_label)s_%(class)s_user_group"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["group", "user"], name="%(app_label)s_%(class)s_group_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.group}"

    def describe(self) -> dict[str, Any]:
        return {"user": str(self.user_id), "group": str(self.group_id)}
