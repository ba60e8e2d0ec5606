"""``group.auth_permissions``: the end of a foreign key, of grants in force and with verbs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import models, transaction
from django.db.models.fields.related_descriptors import ReverseManyToOneDescriptor
from django.utils.functional import cached_property

from .expiry import in_force
from .targets import Target
from .tracked import write_db

Grant = str | tuple[str, Any]

_Base: Any = models.Manager if TYPE_CHECKING else object


class GrantVerbs(_Base):  # type: ignore[misc]
    """Beside the manager that Django makes for the end of a foreign key."""

    instance: Any
    model: Any

    def add(self, name: str, target: Any = None, *, expires_at: datetime | None = None) -> Any:
        """The grant, made or prolonged: the last call's *expires_at* wins."""
        grant = self._grants.add(self.instance, name, target, expires_at=expires_at)
        self._remove_prefetched_objects()
        return grant

    def remove(self, name: str, target: Any = None) -> int:
        """How many grants were revoked: 0 or 1."""
        removed: int = self._grants.remove(self.instance, name, target)
        self._remove_prefetched_objects()
        return removed

    def set(self, grants: Iterable[Grant], *, expires_at: datetime | None = None) -> None:
        """Leave exactly *grants*, names or pairs with a target; those that stay keep their end."""
        rows = self._own_rows
        wanted = {self._key(grant, rows.db) for grant in grants}
        with transaction.atomic(using=rows.db):
            known = {(row.target, row.name): row for row in rows}
            gone = [row.pk for key, row in known.items() if key not in wanted]
            rows.filter(pk__in=gone).discard()
            live = {(row.target, row.name) for row in rows.filter(in_force())}
            keys = [(target, name, self.instance.pk) for target, name in wanted - live]
            self._grants.add_keys(keys, expires_at=expires_at)
        self._remove_prefetched_objects()

    def clear(self) -> int:
        """How many grants were revoked: all; one event for them."""
        removed: int = self._own_rows.discard()
        self._remove_prefetched_objects()
        return removed

    async def aadd(self, name: str, target: Any = None, **kwargs: Any) -> Any:
        """See add()."""
        return await sync_to_async(self.add)(name, target, **kwargs)

    async def aremove(self, name: str, target: Any = None) -> int:
        """See remove()."""
        return await sync_to_async(self.remove)(name, target)

    async def aset(self, grants: Iterable[Grant], **kwargs: Any) -> None:
        """See set()."""
        await sync_to_async(self.set)(grants, **kwargs)

    async def aclear(self) -> int:
        """See clear()."""
        return await sync_to_async(self.clear)()

    def _apply_rel_filters(self, queryset: Any) -> Any:
        return super()._apply_rel_filters(queryset).filter(in_force())

    def get_prefetch_querysets(
        self, instances: Sequence[Any], querysets: Sequence[Any] | None = None
    ) -> Any:
        """What prefetch_related() asks: the grants of all *instances*, in one query."""
        rows = querysets[0] if querysets else self.model._default_manager.get_queryset()
        return super().get_prefetch_querysets(instances, [rows.filter(in_force())])

    @property
    def _grants(self) -> Any:
        return self.model._default_manager.db_manager(write_db(self, instance=self.instance))

    @property
    def _own_rows(self) -> Any:
        grants = self._grants
        return grants.using(grants.db).filter(group=self.instance.pk)

    @staticmethod
    def _key(grant: Grant, using: str) -> tuple[Target, str]:
        name, target = (grant, None) if isinstance(grant, str) else grant
        return target if isinstance(target, Target) else Target.of(target, using=using), name


for _verb in ("add", "remove", "set", "clear", "aadd", "aremove", "aset", "aclear"):
    getattr(GrantVerbs, _verb).alters_data = True  # no template calls it


class GrantsDescriptor(ReverseManyToOneDescriptor):  # type: ignore[type-arg]
    """On a group the manager of its grants."""

    @cached_property
    def related_manager_cls(self) -> Any:
        return type("GrantManager", (GrantVerbs, super().related_manager_cls), {})
