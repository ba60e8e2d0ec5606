"""Takes the grants and tags of a record along when the ORM deletes it, in batches.

Every model that can be a target gets, beside its fields, something that Django's deletion asks, as
it asks a GenericRelation, which rows go along; so do its proxies, and its multi-table children,
whose parents Django deletes without asking them. A model that nothing points at answers that there
is nothing to ask, and so keeps its fast delete. A record that raw SQL removes leaves its grants
behind, which is what ``authkit_doctor`` looks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.apps import apps
from django.db import models, router
from django.db.models.signals import post_delete

from authkit.models import Tag, get_permission_model
from authkit.models.batches import batches
from authkit.models.targets import NIL, Target, has_record_keys, is_targetable, key_kind

from . import memory

# Where to write what would go along, if it is only asked how much.
_counts: ContextVar[Counter[type[models.Model]] | None] = ContextVar("authkit_along", default=None)


@contextmanager
def counted() -> Iterator[Counter[type[models.Model]]]:
    """Within it, what goes along with what is collected is counted, and not collected."""
    counts: Counter[type[models.Model]] = Counter()
    token = _counts.set(counts)
    try:
        yield counts
    finally:
        _counts.reset(token)


class RowsAlong(models.QuerySet[Any]):
    """The rows of several QuerySets, marked as going along with what is deleted."""

    parts: Sequence[models.QuerySet[Any]] = ()

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._result_cache = [row for part in self.parts for row in part]
            for row in self._result_cache:
                row.authkit_goes_along = True

    def _raw_delete(self, using: str | None) -> int:
        return sum(part._raw_delete(using) for part in self.parts)


class GoesAlong:
    """Rows of ``kind`` that point at records of ``model``: no field, though among them.

    link: the field that leads to ``model`` from its multi-table child which has this.
    """

    name = "authkit_goes_along"
    attname = column = None
    # As a GenericRelation says of itself, so that nobody takes it for a column.
    hidden = is_relation = one_to_many = True
    auto_created = concrete = editable = mti_inherited = many_to_many = many_to_one = one_to_one = (
        False
    )
    remote_field = related_model = None

    def __init__(self, model: type[models.Model], kind: Callable[[], Any], link: Any) -> None:
        self.model = model
        self.kind = kind
        self.link = link

    def __deepcopy__(self, known: Any) -> GoesAlong:
        return self

    def is_cached(self, instance: models.Model) -> bool:
        """Never: it has no value."""
        return False

    @property
    def bulk_related_objects(self) -> Callable[[Iterable[Any], str], Any]:
        """What Django's Collector calls. Raises AttributeError: nothing points at the model."""
        if not self.rows(router.db_for_read(self.kind())).exists():
            raise AttributeError
        return self.collect

    def rows(self, using: str) -> Any:
        """All rows that point at the model."""
        rows = self.kind()._base_manager.using(using)
        return rows.filter(target_key=Target.of(self.model, using=using).key)

    def collect(self, records: Iterable[Any], using: str) -> Any:
        """The rows that go along with *records*."""
        kind = self.kind()
        found = RowsAlong(kind, using=using).none()
        if router.allow_migrate_model(using, kind):
            parts = [self.of(part, using) for part in batches(self.keys(records))]
            if (counts := _counts.get()) is not None:
                counts[kind] += sum(part.count() for part in parts)
                return found
            memory.forget(using=using)
            if not self._wait_for_parent(records, parts):
                found.parts = parts
        return found

    def _wait_for_parent(self, records: Iterable[Any], parts: list[Any]) -> bool:
        """Whether it is open until the parent is deleted that it is: then *parts* go after it.

        ``delete(keep_parents=True)``, which is about one record, does not tell us that it may stay.
        """
        if self.link is None or len(listed := list(records)) != 1 or not parts:
            return False
        parent = self.link.get_cached_value(listed[0])
        parent.__dict__.setdefault("authkit_along", []).extend(parts)
        return True

    def keys(self, records: Iterable[Any]) -> list[Any]:
        """The keys of *records* as records of ``model``."""
        if self.link is None:
            return [record.pk for record in records]
        # Django has loaded each parent, unless it is to stay.
        leaving = [record for record in records if self.link.is_cached(record)]
        return [getattr(record, self.link.attname) for record in leaving]

    def of(self, keys: Sequence[Any], using: str) -> Any:
        """The rows that point at the records with these *keys*."""
        if key_kind(self.model) is int:
            return self.rows(using).filter(object_id__in=keys, object_uuid=NIL)
        # The number too, or the index would end at the model.
        return self.rows(using).filter(object_id=0, object_uuid__in=keys)


def after_parent(*, instance: models.Model, **kwargs: Any) -> None:
    """Delete what has waited for a parent; see GoesAlong."""
    for rows in instance.__dict__.pop("authkit_along", ()):
        rows.delete()


def watch_deletions() -> None:
    """Have every model that can be a target take its grants and tags along."""
    for model in apps.get_models():
        concrete: Any = model._meta.concrete_model
        fields: list[Any] = model._meta.private_fields
        fields += along_with(concrete, None)
        for parent, link in concrete._meta.parents.items():
            fields += along_with(parent, link)
            # A model with children has no fast delete that a listener could cost it.
            post_delete.connect(after_parent, sender=parent, dispatch_uid="authkit.authz.along")


def along_with(model: type[models.Model], link: Any) -> list[GoesAlong]:
    """What goes along with records of *model*; see GoesAlong."""
    if not has_record_keys(model) or not is_targetable(model):
        return []
    return [GoesAlong(model, kind, link) for kind in (get_permission_model, lambda: Tag)]
