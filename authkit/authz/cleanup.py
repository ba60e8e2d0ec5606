"""Takes the grants and tags of a record along when the ORM deletes it, in batches.

Every model that can be a target gets, beside its fields, something that Django's deletion asks, as
it asks a GenericRelation, which rows go along. A model that nothing points at answers that there is
nothing to ask, and so keeps its fast delete. A record that raw SQL removes leaves its grants
behind, which is what ``authkit_doctor`` looks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models, router

from authkit.models import Tag, get_group_model, get_permission_model
from authkit.models.targets import Target, is_targetable, key_column

from . import memory
from .own_groups import own_group_name


class GoesAlong:
    """Rows of ``kind`` that point at records of ``model``: no field, though among them."""

    name = "authkit_goes_along"
    attname = column = None
    # As a GenericRelation says of itself, so that nobody takes it for a column.
    hidden = is_relation = one_to_many = True
    auto_created = concrete = editable = mti_inherited = many_to_many = many_to_one = one_to_one = (
        False
    )
    remote_field = related_model = None

    def __init__(self, model: type[models.Model], kind: Callable[[], Any]) -> None:
        self.model = model
        self.kind = kind

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
        if not router.allow_migrate_model(using, kind):
            return kind._base_manager.none()
        memory.forget(using=using)
        column, _none = key_column(self.model)
        return self.rows(using).filter(**{f"{column}__in": [record.pk for record in records]})


class OwnGroups(GoesAlong):
    """The groups of single persons, which go with them."""

    @property
    def bulk_related_objects(self) -> Callable[[Iterable[Any], str], Any]:
        return self.collect

    def collect(self, records: Iterable[Any], using: str) -> Any:
        groups = get_group_model()
        if not router.allow_migrate_model(using, groups):
            return groups._base_manager.none()
        names = [own_group_name(record.pk) for record in records]
        return groups._base_manager.using(using).filter(name__in=names)


def watch_deletions() -> None:
    """Have every model that can be a target take its grants and tags along."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed or not _has_keys(model):
            continue
        if is_targetable(model):
            fields: list[Any] = model._meta.private_fields
            fields += [GoesAlong(model, get_permission_model), GoesAlong(model, lambda: Tag)]
    users: list[Any] = get_user_model()._meta.private_fields
    users.append(OwnGroups(get_user_model(), get_group_model))


def _has_keys(model: type[models.Model]) -> bool:
    try:
        key_column(model)
    except TypeError:
        return False
    return True
