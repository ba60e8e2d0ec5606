"""Rows whose every change sends ``row_changed``, on whatever path of the ORM it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction

from ..signals import row_changed

M = TypeVar("M", bound=models.Model)


class TrackedQuerySet(models.QuerySet[M]):
    """A QuerySet whose bulk calls send one signal each."""

    def update(self, **values: Any) -> int:
        """Update them all; one event for the call."""
        with transaction.atomic(using=self.db):
            count = super().update(**values)
            self._announce("update", count, {"fields": sorted(values)})
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all; one event for the call."""
        with transaction.atomic(using=self.db):
            pks = [str(pk) for pk in self.values_list("pk", flat=True)]
            result = super().delete()
            self._announce("delete", len(pks), {"pks": pks[:1000]})
        return result

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """Create them all; one event for the call."""
        with transaction.atomic(using=self.db):
            created = super().bulk_create(objs, *args, **kwargs)
            self._announce("create", len(created), {})
        return created

    def _announce(self, action: str, count: int, data: dict[str, Any]) -> None:
        if count:
            row_changed.send(
                sender=self.model,
                instance=None,
                pk=None,
                action=action,
                data={"count": count, **data},
                using=self.db,
            )


class TrackedModel(models.Model):
    """A model whose instances send a signal when they are saved or deleted."""

    class Meta:
        abstract = True

    def describe(self) -> dict[str, Any]:
        """What the event says of this row."""
        return {}

    def save(self, *args: Any, **kwargs: Any) -> None:
        action = "create" if self._state.adding else "update"
        using = kwargs.get("using") or self._state.db or "default"
        with transaction.atomic(using=using):
            super().save(*args, **kwargs)
            self._announce(action, self.pk, using)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        pk = self.pk
        using = kwargs.get("using") or self._state.db or "default"
        with transaction.atomic(using=using):
            result = super().delete(*args, **kwargs)
            self._announce("delete", pk, using)
        return result

    def _announce(self, action: str, pk: Any, using: str) -> None:
        row_changed.send(
            sender=type(self),
            instance=self,
            pk=pk,
            action=action,
            data=self.describe(),
            using=using,
        )
