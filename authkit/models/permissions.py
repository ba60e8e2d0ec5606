"""What a group may do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar

from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .batches import batches
from .expiry import ExpiryField, end_of
from .fields import KeyField
from .group_grants import GrantsDescriptor
from .swapping import GROUP_MODEL
from .targeted import TargetModel, named_target
from .targets import Target
from .tracked import TrackedManager, TrackedModel, write_db

P = TypeVar("P", bound="AbstractPermission")
Pointed = type[models.Model] | models.Model | Target | None

# Unique, in the order of the index that finds who holds a right on a record.
GRANT_KEY = ["target_key", "object_id", "object_uuid", "name", "group"]

LONGEST_NAME = 100
# Free text, but nothing that a terminal or a log would act on, or no database store.
_CLEAN = r"\A[^\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+\Z"
validate_permission_name = RegexValidator(
    _CLEAN, _("Control characters are not allowed."), "control"
)


def is_permission_name(name: str) -> bool:
    """Whether a grant can have this name. Raises TypeError: it is no text."""
    if not isinstance(name, str):
        raise TypeError(f"The name of a permission is a string, not {name!r}.")
    return 0 < len(name) <= LONGEST_NAME and (name.isprintable() or bool(re.match(_CLEAN, name)))


def check_permission_name(name: str) -> None:
    """Raises ValidationError: no grant can have this name. TypeError: it is no text."""
    if not is_permission_name(name):
        for validate in (MinLengthValidator(1), MaxLengthValidator(LONGEST_NAME)):
            validate(name)
        validate_permission_name(name)


class PermissionManager(TrackedManager[P]):
    """Grants and revokes."""

    def add(
        self,
        group: models.Model,
        name: str,
        target: Pointed = None,
        *,
        expires_at: datetime | None = None,
    ) -> P:
        """The grant, made or prolonged: the last call's *expires_at* wins."""
        check_permission_name(name)
        key = {"group": group, "name": name, **self._columns(target)}
        return self.put(key, expires_at=expires_at)

    def add_each(
        self,
        groups: Sequence[models.Model],
        names: Sequence[str],
        targets: Sequence[Target],
        *,
        expires_at: datetime | None = None,
    ) -> list[P]:
        """Every combination as a grant, made or prolonged; one event for all of them.

        Cost: one INSERT for as many rows as the database takes at once.
        """
        keys = {(t, n, g.pk) for t in targets for n in names for g in groups}
        return self.add_keys(keys, expires_at=expires_at)

    def add_keys(
        self,
        keys: Iterable[tuple[Target, str, Any]],
        *,
        expires_at: datetime | None = None,
    ) -> list[P]:
        """Each target, name and key of a group as a grant; see ``add_each``."""
        # In one order, so that two such calls cannot wait for each other.
        ordered = sorted(keys, key=_order)
        for name in {name for _target, name, _group in ordered}:
            check_permission_name(name)
        rows = [
            self.model(
                group_id=group,
                name=name,
                content_type_id=target.content_type_id,
                target_key=target.key,
                object_id=target.object_id,
                object_uuid=target.object_uuid,
                expires_at=expires_at,
            )
            for target, name, group in ordered
        ]
        written = self.get_queryset().using(write_db(self))
        return written.upsert(rows, GRANT_KEY, ["expires_at"])

    def remove(
        self,
        group: models.Model,
        name: str,
        target: Pointed = None,
    ) -> int:
        """How many grants were revoked: 0 or 1."""
        return self.discard({"group": group, "name": name, **self._columns(target)})

    def remove_each(
        self, groups: Sequence[models.Model], names: Sequence[str], targets: Sequence[Target]
    ) -> int:
        """How many grants were revoked, of every combination; one event for all of them."""
        rows = self.get_queryset().using(write_db(self))
        stored = [name for name in names if is_permission_name(name)]
        found = rows.filter(group__in=groups, name__in=stored)
        return rows.discard(found.filter(_any_of(part)) for part in batches(targets))

    def get_by_natural_key(self, group: str, name: str, *target: Any) -> P:
        """The grant of *name* to the group of this name, on the target that fixtures call so."""
        return self.get(group__name=group, name=name, **named_target(*target))

    def _columns(self, target: Pointed) -> dict[str, Any]:
        columns = target if isinstance(target, Target) else Target.of(target, using=write_db(self))
        return {**columns._asdict(), "target_key": columns.key}


def _order(key: tuple[Target, str, Any]) -> Any:
    target, name, group = key
    return target.key, target.object_id, target.object_uuid, name, str(group)


def _any_of(targets: Sequence[Target]) -> models.Q:
    """Exactly one of *targets*, those of one model by one list of keys."""
    found = models.Q(pk__in=[])
    for key in {target.key for target in targets}:
        own = [target for target in targets if target.key == key]
        found |= models.Q(
            target_key=key,
            object_id__in={target.object_id for target in own},
            object_uuid__in={target.object_uuid for target in own},
        )
    return found


class AbstractPermission(TrackedModel, TargetModel):
    """A grant of *name* to a group: as a capability, on a model, or on one record."""

    group = models.ForeignKey(
        GROUP_MODEL,
        on_delete=models.CASCADE,
        related_name="auth_permissions",
        db_index=False,
        verbose_name=_("group"),
    )
    group.related_accessor_class = GrantsDescriptor
    name: models.CharField[str, str] = KeyField(
        _("name"), max_length=LONGEST_NAME, validators=[validate_permission_name]
    )
    expires_at = ExpiryField(_("expires"), help_text=_("Empty: does not expire."))

    objects: ClassVar[PermissionManager[Self]] = PermissionManager()

    told_in_bulk: ClassVar[Mapping[str, str]] = {"groups": "group_id", "names": "name"}

    class Meta:
        abstract = True
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TargetModel.Meta.constraints,
            # Also finds who holds a right on a record, and the grants that go with a record.
            models.UniqueConstraint(
                fields=GRANT_KEY,
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
        right = f"{self.name} {self.describe_target()}".rstrip()
        # Whoever deletes a record need not learn who has rights on it.
        return right if hasattr(self, "authkit_goes_along") else f"{self.group}: {right}"

    def natural_key(self) -> tuple[Any, ...]:
        """What fixtures call the grant."""
        return (self.group.name, self.name, *self.target_natural_key())

    def prepare(self) -> None:
        self.clean_target()

    def describe(self) -> dict[str, Any]:
        return {
            "group": str(self.group_id),
            "name": self.name,
            "target": self.describe_target(),
            **end_of(self),
        }
