"""Records in the URL: loaded once in a request, and handed on by it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import Http404

from authkit.models.fields import is_storable
from authkit.models.targets import exact_key, has_record_keys

from .access import Access, Place
from .arguments import target_model


def load(access: Access, place: Place) -> Model:
    """The record at *place*; loaded once in a request.

    Raises Http404: there is none. ImproperlyConfigured: the URL has no such part.
    """
    model, param = target_model(place.model), place.param
    found: Model | None
    if param not in access.kwargs:
        raise ImproperlyConfigured(f"The URL of the view has no {param!r}, but {[*access.kwargs]}.")
    key = key_in_url(access, model, param)
    records = vars(access.http_request).setdefault("authkit_records", {})
    found = records.get(param)
    if found is None or not _answers_for(found, model) or found.pk != key:
        found = model._default_manager.filter(pk=key).first()
    # MariaDB takes a text for the same in another case.
    if found is None or str(found.pk) != str(key):
        raise Http404
    keep(access, param, found)
    return found


def keep(access: Access, param: str, record: Model) -> None:
    """Hand *record*, found by *param*, on to the view."""
    request = access.http_request
    vars(request).setdefault("authkit_records", {})[param] = record
    request.authkit_record = record


def key_in_url(access: Access, model: type[Model], param: str) -> Any:
    """The key of a record of *model*. Raises Http404: it is exactly none."""
    key = access.kwargs[param]
    if not has_record_keys(model):
        if isinstance(key, str) and not is_storable(key):
            raise Http404
        return key
    try:
        return exact_key(model, key)
    except ValueError:
        raise Http404 from None


def is_same_model(model: type[Model], other: type[Model]) -> bool:
    """Whether they have the same rows: one is the other, or a proxy."""
    return model._meta.concrete_model is other._meta.concrete_model


def _answers_for(record: Model, model: type[Model]) -> bool:
    """Whether *record* is one of *model*: its row, not that of a parent or child under its key."""
    return isinstance(record, model) and is_same_model(type(record), model)
