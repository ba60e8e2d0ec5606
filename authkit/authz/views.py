"""What a rule that names no record is about: a class-based view says it."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.views.generic.edit import BaseCreateView
from django.views.generic.list import MultipleObjectMixin

from . import framework
from .access import Access
from .arguments import UNSET, target_model
from .records import is_same_model, keep
from .subjects import Capability, OneRecord, SomeRecord, Subject, WholeModel


def subject_of(access: Access, target: Any) -> Subject:
    """The record in question, some record of a list, or what *target* names: a model or nothing."""
    model = None if target is UNSET else target_model(target)
    named = Capability() if model is None else WholeModel(model)
    if access.record is not None:
        return _subject_of_record(access.record, model, named)
    in_framework = framework.is_view(access.view)
    # Where a whole model is named, and no later question about the record follows, it is meant.
    if model is not None and not in_framework:
        return named
    if access.view is None and access.make_view is not None:
        access.view = access.make_view()
    if access.view is None:
        return named
    of_view = model_of(access.view)
    if of_view is None or not (model is None or is_same_model(of_view, model)):
        return named
    if in_framework:
        return framework.subject_of(access, of_view)
    if param := _param_of_record(access):
        return OneRecord(_object_of_view(access, param))
    is_list = isinstance(access.view, MultipleObjectMixin)
    return SomeRecord(of_view) if is_list and access.is_read else WholeModel(of_view)


def _subject_of_record(record: Any, model: type[Model] | None, named: Subject) -> Subject:
    if not isinstance(record, Model):
        raise TypeError(f"A rule is asked about a record, not about {record!r}.")
    # The class that a lazy object stands for, such as that of the user
    fits = model is None or is_same_model(record.__class__, model)
    return OneRecord(record) if fits else named


def _param_of_record(access: Access) -> str | None:
    """The part of the URL that says which record the view is about."""
    if isinstance(access.view, BaseCreateView):
        return None  # what the URL names is not the new record
    names = (getattr(access.view, name, None) for name in ("pk_url_kwarg", "slug_url_kwarg"))
    return next((name for name in names if name in access.kwargs), None)


def _object_of_view(access: Access, param: str) -> Model:
    view = access.view
    record: Model = view.get_object()
    # So that the view does not load it a second time.
    view.get_object = lambda queryset=None: (
        record if queryset is None else type(view).get_object(view, queryset)
    )
    keep(access, param, record)
    return record


def model_of(view: Any) -> type[Model] | None:
    """The model of the records that *view* shows, if it shows any."""
    queryset = getattr(view, "queryset", None)
    if queryset is not None:
        return getattr(queryset, "model", None)
    of_form = getattr(getattr(view, "form_class", None), "_meta", None)
    model: type[Model] | None = getattr(view, "model", None) or getattr(of_form, "model", None)
    if model is not None or not hasattr(view, "get_queryset"):
        return model
    return getattr(view.get_queryset(), "model", None)
