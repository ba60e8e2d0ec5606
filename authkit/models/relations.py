"""``user.auth_groups``, ``group.users`` and the two ``auth_permissions``: managers, not fields.

A field would tie the user, group and membership models of a project to one app. What has expired is
not among the rows; a query of several models spells the way as ``auth_memberships__group``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, NoReturn, cast

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.db import models, router, transaction
from django.db.models import F, Q, QuerySet

from .expiry import in_force
from .targets import exact_key

Rows = QuerySet[Any]


class Relation:
    """On a class itself; on an instance the manager of what is related to it."""

    def __init__(self, manager: type[RelatedManager]) -> None:
        self.manager = manager

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else self.manager(instance, self.name)

    def __set__(self, instance: Any, value: Any) -> NoReturn:
        raise TypeError(f"{self.name} is not assigned: use {self.name}.set().")


class RelatedManager(models.Manager[Any]):
    """The rows of a model that memberships in force lead to; prefetch_related() knows it."""

    # The setting that names the model of the rows, the way from a row to the membership, and on
    # which end of it the instance stands.
    setting: ClassVar[str]
    way: ClassVar[str] = "auth_memberships__"
    own: ClassVar[str]

    def __init__(self, instance: models.Model, name: str) -> None:
        super().__init__()
        if instance.pk is None:
            raise ValueError(f"{instance!r} has to be saved before {name} can be used.")
        self.instance, self.cache_name = instance, name
        self.model = apps.get_model(getattr(settings, self.setting))

    def get_queryset(self) -> Rows:
        prefetched = getattr(self.instance, "_prefetched_objects_cache", {})
        if self.cache_name in prefetched:
            return cast(Rows, prefetched[self.cache_name])
        return self._apply_rel_filters(self.model._default_manager.get_queryset())

    def _apply_rel_filters(self, rows: Rows) -> Rows:
        # What Django asks of a related manager, by this name.
        using = self._db or router.db_for_read(self.model, instance=self.instance)
        found = self._related({f"{self.way}{self.own}": self.instance.pk})
        return rows.using(using).filter(found)

    def _related(self, to: dict[str, Any]) -> Q:
        return in_force(self.way) & Q(**to)

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Rows] | None = None
    ) -> tuple[Any, ...]:
        """What prefetch_related() asks: the rows of all *instances*, in one query."""
        rows = querysets[0] if querysets else self.model._default_manager.get_queryset()
        using = (
            getattr(rows, "_db", None)
            or self._db
            or router.db_for_read(self.model, instance=instances[0])
        )
        end = f"{self.way}{self.own}"
        found = self._related({f"{end}__in": [instance.pk for instance in instances]})
        # The annotation goes the way of the filter just before it.
        rows = rows.using(using).filter(found).annotate(authkit_related_to=F(end))
        return rows, _related_to, _key, False, self.cache_name, False


def _related_to(row: Any) -> Any:
    return row.authkit_related_to


def _key(instance: Any) -> Any:
    return instance.pk


class MemberManager(RelatedManager):
    """Groups of a user or users of a group, as memberships in force say; and the verbs for them."""

    other: ClassVar[str]

    def add(self, *others: Any, expires_at: datetime | None = None) -> None:
        """Make or prolong the memberships, one event for them; the last *expires_at* wins.

        others: instances or their keys.
        """
        if len(others) == 1:
            self._memberships.put(self._one(others[0]), expires_at=expires_at)
        elif others:
            keys = [self._key_of(other) for other in others]
            ends = {self.own: [self.instance.pk], self.other: keys}
            self._memberships.add_each(ends["group"], ends["user"], expires_at=expires_at)
        self._forget()

    def remove(self, *others: Any) -> int:
        """How many memberships were removed; one event for them."""
        if len(others) == 1:
            removed: int = self._memberships.discard(self._one(others[0]))
        else:
            keys = [self._key_of(other) for other in others]
            removed = self._own_rows.filter(**{f"{self.other}__in": keys}).discard()
        self._forget()
        return removed

    def set(self, others: Iterable[Any], *, expires_at: datetime | None = None) -> None:
        """Leave memberships with exactly *others*; those that stay keep their end."""
        wanted = {self._key_of(other): other for other in others}
        rows = self._own_rows
        with transaction.atomic(using=rows.db):
            rows.exclude(**{f"{self.other}__in": list(wanted)}).discard()
            known = set(rows.filter(in_force()).values_list(self.other, flat=True))
            new = [other for key, other in wanted.items() if key not in known]
            self.add(*new, expires_at=expires_at)

    def clear(self) -> int:
        """How many memberships were removed: all; one event for them."""
        removed: int = self._own_rows.discard()
        self._forget()
        return removed

    async def aadd(self, *others: Any, expires_at: datetime | None = None) -> None:
        """See add()."""
        await sync_to_async(self.add)(*others, expires_at=expires_at)

    async def aremove(self, *others: Any) -> int:
        """See remove()."""
        return await sync_to_async(self.remove)(*others)

    async def aset(self, others: Iterable[Any], *, expires_at: datetime | None = None) -> None:
        """See set()."""
        await sync_to_async(self.set)(others, expires_at=expires_at)

    async def aclear(self) -> int:
        """See clear()."""
        return await sync_to_async(self.clear)()

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"Make it with {self.model.__name__}.objects, then add() it.")

    # A row made here would be related to nothing.
    create = get_or_create = update_or_create = bulk_create = _refuse
    acreate = aget_or_create = aupdate_or_create = abulk_create = _refuse

    @property
    def _memberships(self) -> Any:
        model = apps.get_model(settings.AUTHKIT_MEMBERSHIP_MODEL)
        using = self._db or router.db_for_write(model, instance=self.instance)
        return model._default_manager.db_manager(using)

    @property
    def _own_rows(self) -> Any:
        memberships = self._memberships
        return memberships.using(memberships.db).filter(**{self.own: self.instance.pk})

    def _key_of(self, other: Any) -> Any:
        if not isinstance(other, models.Model):
            return exact_key(self.model, other)
        if not isinstance(other, self.model):
            raise TypeError(f"{other!r} is no {self.model._meta.label}.")
        if other.pk is None or other._state.adding:
            raise ValueError(f"{other!r} is not saved.")
        return other.pk

    def _one(self, other: Any) -> dict[str, Any]:
        key = self._key_of(other)
        if isinstance(other, models.Model):
            return {self.own: self.instance, self.other: other}
        return {self.own: self.instance, f"{self.other}_id": key}

    def _forget(self) -> None:
        getattr(self.instance, "_prefetched_objects_cache", {}).pop(self.cache_name, None)


for _verb in ("add", "remove", "set", "clear", "aadd", "aremove", "aset", "aclear"):
    getattr(MemberManager, _verb).alters_data = True  # no template calls it


class GroupsOfUser(MemberManager):
    """``user.auth_groups``"""

    setting, own, other = "AUTHKIT_GROUP_MODEL", "user", "group"


class UsersOfGroup(MemberManager):
    """``group.users``: its members, whatever their status."""

    setting, own, other = "AUTH_USER_MODEL", "group", "user"


class PermissionsOfUser(RelatedManager):
    """``user.auth_permissions``: to read, as a right always comes from a group."""

    setting, own = "AUTHKIT_PERMISSION_MODEL", "user"
    way = "group__auth_memberships__"

    def _related(self, to: dict[str, Any]) -> Q:
        return in_force() & super()._related(to)
