"""Rows whose changes through the ORM send ``row_changed``.

A row that goes with its group, user or record sends none: the event of that one tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from django.db import IntegrityError, OperationalError, connections, models, router, transaction

from authkit.signals import row_changed

from .batches import MOST_KEYS
from .deadlocks import TRIES, is_deadlock
from .expiry import ExpiryField

M = TypeVar("M", bound="TrackedModel")


def write_db(manager: models.Manager[Any], **hints: Any) -> str:
    """The database that *manager* writes to; its own ``db`` is the one it reads from."""
    return manager._db or router.db_for_write(manager.model, **hints)


class TrackedQuerySet(models.QuerySet[M]):
    """A QuerySet whose bulk calls send one signal each."""

    def update(self, **values: Any) -> int:
        """Update them all; one event for the call."""
        self._for_write = True
        with transaction.atomic(using=self.db):
            count = super().update(**values)
            self.model.check_update(values, self.db)
            self._announce("update", count, {"fields": sorted(values)})
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(
        self, objs: Iterable[M], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update them all; one event for the call."""
        self._for_write = True
        names = list(fields)
        with transaction.atomic(using=self.db):
            count = plain(self).bulk_update(objs, names, batch_size)
            self.model.check_update(names, self.db)
            self._announce("update", count, {"fields": sorted(names)})
        return count

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete them all; one event for the call."""
        self._for_write = True
        with transaction.atomic(using=self.db):
            pks = [str(pk) for pk in self.values_list("pk", flat=True)]
            result = super().delete()
            self._announce("delete", len(pks), {"pks": pks[:MOST_KEYS]})
        return result

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[M], batch_size: Any = None, **kwargs: Any) -> list[M]:  # type: ignore[override]
        """Create them all; one event for the call."""
        self._for_write = True
        rows = list(objs)
        names = kwargs["update_fields"] = list(kwargs.get("update_fields") or ())
        with transaction.atomic(using=self.db):
            self.model.prepare_each(rows, self.db)
            created = super().bulk_create(rows, batch_size, **kwargs)
            self.model.check_update(names, self.db)
            self._announce("create", len(created), self._told(created))
        return created

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def upsert(self, rows: list[M], key: Sequence[str], values: Sequence[str]) -> list[M]:
        """Create them all, or bring the *values* of those whose *key* is there up to them.

        One event for the call.
        """
        self._for_write = True
        conflict: dict[str, Any] = {"update_conflicts": True, "update_fields": values}
        if connections[self.db].features.supports_update_conflicts_with_target:
            conflict["unique_fields"] = key
        with transaction.atomic(using=self.db):
            self.model.prepare_each(rows, self.db)
            created = plain(self).bulk_create(rows, **conflict)
            self._announce("create", len(created), self._told(created))
        return created

    upsert.alters_data = True  # type: ignore[attr-defined]

    def discard(self, parts: Iterable[models.QuerySet[M]] | None = None) -> int:
        """How many rows were deleted, of all *parts* or these; one event, which tells of them."""
        self._for_write = True
        names = self.model.told_in_bulk.values()
        told: set[Any] = set()
        count = 0
        with transaction.atomic(using=self.db):
            for part in [self] if parts is None else parts:
                told.update(part.order_by().values_list(*names).distinct())
                count += plain(part).delete()[0]
            self._announce("delete", count, self._about(told))
        return count

    discard.alters_data = True  # type: ignore[attr-defined]

    def _told(self, rows: Iterable[M]) -> dict[str, list[str]]:
        names = self.model.told_in_bulk.values()
        return self._about([getattr(row, name) for name in names] for row in rows)

    def _about(self, told: Iterable[Iterable[Any]]) -> dict[str, list[str]]:
        columns = zip(*told, strict=True)
        return {
            name: sorted({str(value) for value in column})[:MOST_KEYS]
            for name, column in zip(self.model.told_in_bulk, columns, strict=False)
        }

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


def plain(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """*rows* as a QuerySet that tells nobody: ``bulk_update`` calls ``update`` for each batch."""
    return models.QuerySet(rows.model, query=rows.query.chain(), using=rows.db)


class TrackedManager(models.Manager[M]):
    """Makes and removes single rows by their key; its bulk calls send one signal each."""

    def get_queryset(self) -> TrackedQuerySet[M]:
        return TrackedQuerySet(self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]

    # MariaDB keeps the lock of a failed INSERT until the transaction ends, and locks an index
    # before the row that it leads to. Hence each attempt is a transaction of its own where there
    # is none yet, and rows are locked by their primary key: what waits seldom waits in a circle.

    def put(self, key: dict[str, Any], **values: Any) -> M:
        """The row of *key*, made with *values* or brought up to them."""
        rows = self.using(write_db(self))
        for _attempt in range(TRIES - 1):
            try:
                return self._put(rows, key, values)
            except (IntegrityError, self.model.DoesNotExist):
                continue  # others made or removed the row between two of our statements
            except OperationalError as error:
                if not is_deadlock(error) or connections[rows.db].in_atomic_block:
                    raise
        return self._put(rows, key, values)

    def _put(self, rows: models.QuerySet[M], key: dict[str, Any], values: dict[str, Any]) -> M:
        row = rows.filter(**key).first()
        if row is None:
            return rows.create(**key, **values)
        if any(getattr(row, name) != value for name, value in values.items()):
            with transaction.atomic(using=rows.db):
                row = rows.select_for_update().get(pk=row.pk)
                for name, value in values.items():
                    setattr(row, name, value)
                row.save(update_fields=list(values))
        return row

    def discard(self, key: dict[str, Any]) -> int:
        """How many rows of *key* were removed."""
        rows = self.using(write_db(self))
        pks = list(rows.filter(**key).values_list("pk", flat=True))
        with transaction.atomic(using=rows.db):
            # Without the end, which need not be one that Python can hold.
            ends = [f.name for f in self.model._meta.fields if isinstance(f, ExpiryField)]
            found = list(rows.select_for_update().filter(pk__in=pks).defer(*ends)) if pks else []
            for row in found:
                row.delete()
        return len(found)


class TrackedModel(models.Model):
    """A model whose instances send a signal when they are saved or deleted."""

    # What the event of a bulk call tells of its rows, and from which column.
    told_in_bulk: ClassVar[Mapping[str, str]] = MappingProxyType({})

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        using = kwargs["using"] = self._write_db(kwargs.get("using"))
        with transaction.atomic(using=using):
            self.prepare_each([self], using)
            adding = self._state.adding
            if adding and self.pk is not None:
                # Django writes over the row that has this key already.
                adding = not type(self)._base_manager.using(using).filter(pk=self.pk).exists()
            super().save(**kwargs)
            self._announce("create" if adding else "update", self.pk, using)

    def delete(  # type: ignore[override]
        self, using: str | None = None, **kwargs: Any
    ) -> tuple[int, dict[str, int]]:
        pk = self.pk
        using = self._write_db(using)
        with transaction.atomic(using=using):
            result = super().delete(using=using, **kwargs)
            if result[0]:
                self._announce("delete", pk, using)
        return result

    def prepare(self) -> None:
        """Bring derived columns into their stored form. Raises ValidationError: it may not be."""

    @classmethod
    def prepare_each(cls, rows: Sequence[Any], using: str) -> None:
        """Prepare *rows*, which are about to be written, by as few queries as it takes."""
        for row in rows:
            row.prepare()

    @classmethod
    def check_update(cls, names: Iterable[str], using: str) -> None:
        """Raises ValidationError: a bulk update of the columns *names* led to what may not be."""

    def describe(self) -> dict[str, Any]:
        """What the event says of this row."""
        return {}

    def _write_db(self, using: str | None) -> str:
        return using or router.db_for_write(type(self), instance=self)

    def _announce(self, action: str, pk: Any, using: str) -> None:
        row_changed.send(
            sender=type(self),
            instance=self,
            pk=pk,
            action=action,
            data=self.describe(),
            using=using,
        )
