"""Groups and who belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from .expiry import ExpiryField, end_of
from .fields import KeyField
from .owners import CHANGED, STRANGER, MembershipsDescriptor, refuse_owners, refuse_strangers
from .permissions import validate_permission_name as validate_name
from .relations import Relation, UsersOfGroup
from .swapping import GROUP_MODEL
from .tracked import TrackedManager, TrackedModel, write_db

G = TypeVar("G", bound="AbstractGroup")
S = TypeVar("S", bound="AbstractMembership")


def go_along(collector: Any, field: Any, groups: Any, using: str) -> None:
    """Cascade; whoever may delete a user needs no right to delete groups for it."""
    for group in groups:
        group.authkit_goes_along = True
    models.CASCADE(collector, field, groups, using)


class GroupManager(TrackedManager[G]):
    """Creates and finds groups."""

    def create_group(self, name: str, *, description: str = "") -> G:
        """A new group. Raises IntegrityError: the name is taken. ValidationError: it is none."""
        return self.create(name=name, description=description)

    def shared(self) -> QuerySet[G]:
        """The groups that are nobody's own."""
        return self.filter(owner=None)

    def get_by_natural_key(self, name: str) -> G:
        """The group of this name."""
        return self.get(name=name)


class AbstractGroup(TrackedModel):
    """A named set of users, who share its permissions."""

    name: models.CharField[str, str] = KeyField(
        _("name"), max_length=255, validators=[validate_name]
    )
    description = models.TextField(_("description"), blank=True, default="")

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=go_along,
        null=True,
        editable=False,
        related_name="auth_own_group",
        verbose_name=_("own group of"),
    )

    if TYPE_CHECKING:
        owner_id: Any

    users = Relation(UsersOfGroup)

    objects: ClassVar[GroupManager[Self]] = GroupManager()

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

    def prepare(self) -> None:
        if "name" not in self.get_deferred_fields():
            name: Any = self._meta.get_field("name")
            name.clean(self.name, self)

    @classmethod
    def prepare_each(cls, rows: Sequence[Any], using: str) -> None:
        super().prepare_each(rows, using)
        refuse_owners(rows, using)

    @classmethod
    def check_update(cls, names: Iterable[str], using: str) -> None:
        if not {"owner", "owner_id"}.isdisjoint(names):
            raise ValidationError(CHANGED, "own_group")

    def delete(  # type: ignore[override]
        self, using: str | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        using = self._write_db(using)
        with transaction.atomic(using=using):
            # Before its members are: whoever adds one meanwhile waits for the group.
            rows = type(self)._base_manager.using(using).select_for_update()
            list(rows.filter(pk=self.pk).values_list("pk"))
            return super().delete(using=using, **kwargs)

    def natural_key(self) -> tuple[str]:
        """What fixtures call the group."""
        return (self.name,)

    def describe(self) -> dict[str, Any]:
        owner = {} if self.owner_id is None else {"owner": str(self.owner_id)}
        return {"name": self.name, **owner}


class MembershipManager(TrackedManager[S]):
    """Adds users to groups and takes them out."""

    def add(
        self, group: models.Model, user: models.Model, *, expires_at: datetime | None = None
    ) -> S:
        """The membership, made or prolonged: the last call's *expires_at* wins."""
        return self.put({"group": group, "user": user}, expires_at=expires_at)

    def add_each(
        self, groups: Iterable[Any], users: Iterable[Any], *, expires_at: datetime | None = None
    ) -> list[S]:
        """Every combination of their keys, made or prolonged; one event for all of them."""
        # In one order, so that two such calls cannot wait for each other.
        keys = sorted({(user, group) for user in users for group in groups})
        rows = [self.model(user_id=u, group_id=g, expires_at=expires_at) for u, g in keys]
        written = self.get_queryset().using(write_db(self))
        return written.upsert(rows, ["user", "group"], ["expires_at"])

    def get_by_natural_key(self, group: str, *user: Any) -> S:
        """The membership of the user with the natural key *user* in the group of this name."""
        users: Any = get_user_model()._default_manager
        member = users.db_manager(self.db).get_by_natural_key(*user)
        return self.get(group__name=group, user=member)

    def remove(self, group: models.Model, user: models.Model) -> int:
        """How many memberships were removed: 0 or 1."""
        return self.discard({"group": group, "user": user})


class AbstractMembership(TrackedModel):
    """A user's place in a group, for a time or for good."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_memberships",
        db_index=False,
        verbose_name=_("user"),
    )
    user.related_accessor_class = MembershipsDescriptor
    group = models.ForeignKey(
        GROUP_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_memberships",
        db_index=False,
        verbose_name=_("group"),
    )
    group.related_accessor_class = MembershipsDescriptor
    expires_at = ExpiryField(_("expires"), help_text=_("Empty: does not expire."))

    objects: ClassVar[MembershipManager[Self]] = MembershipManager()

    told_in_bulk: ClassVar[Mapping[str, str]] = {"users": "user_id", "groups": "group_id"}

    class Meta:
        abstract = True
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "group"], name="%(app_label)s_%(class)s_user_group"
            ),
        ]
        # Without a name, which Django then makes short enough for whatever class inherits this.
        indexes: ClassVar[list[models.Index]] = [
            # Both ways, with the expiry: neither the groups of a user nor the users of a group are
            # looked up in the table.
            models.Index(fields=["user", "group", "expires_at"]),
            models.Index(fields=["group", "user", "expires_at"]),
        ]

    def __str__(self) -> str:
        # Whoever looks at the group need not learn who its members are.
        who = self.user_id if hasattr(self, "authkit_hides_user") else self.user
        return f"{who} · {self.group}"

    @classmethod
    def prepare_each(cls, rows: Sequence[Any], using: str) -> None:
        super().prepare_each(rows, using)
        refuse_strangers(rows, using)

    @classmethod
    def check_update(cls, names: Iterable[str], using: str) -> None:
        if {"user", "user_id", "group", "group_id"}.isdisjoint(names):
            return
        own = cls._base_manager.using(using).exclude(group__owner=None)
        if own.exclude(user=models.F("group__owner")).exists():
            raise ValidationError(STRANGER, "own_group")

    def clean(self) -> None:
        super().clean()
        if self.group_id is not None and self.user_id is not None:
            refuse_strangers([self], self._write_db(None))

    def natural_key(self) -> tuple[Any, ...]:
        """What fixtures call the membership."""
        return (self.group.name, *self.user.natural_key())

    def describe(self) -> dict[str, Any]:
        return {
            "user": str(self.user_id),
            "group": str(self.group_id),
            **end_of(self),
        }
