"""What is misspelt in the rules before a view, as far as can be seen without a request."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import Model

from authkit.models.targets import is_targetable

from .arguments import UNSET, target_model
from .known_guards import guards_of
from .owning import owner_path
from .rule import Rule
from .rules import HasAnyPermission, HasPermission, Owns
from .views import model_of


def faults_of(view: Any, params: Collection[str]) -> list[str]:
    """Why rules before *view* can never be asked, each with what is wrong.

    params: the parts of its URL.
    """
    return [
        f"{part!r}: {fault}"
        for rule in guards_of(view).rules
        for part in rule.walk()
        for fault in _faults(part, rule, view, params)
    ]


def capabilities_of(view: Any) -> list[str]:
    """The names that rules before *view* ask for without any model."""
    return [
        part.name
        for rule in guards_of(view).rules
        for part in rule.walk()
        if isinstance(part, HasPermission) and part.target is UNSET and not _has_records(view)
    ]


def _faults(part: Rule, rule: Rule, view: Any, params: Collection[str]) -> Iterator[str]:
    if not isinstance(part, (HasPermission, HasAnyPermission, Owns)):
        return
    if part.place is not None and part.place.param not in params:
        yield f"the URL has no {part.place.param!r}"
    try:
        model = None if part.target is UNSET else target_model(part.target)
    except LookupError as error:
        yield str(error)
        return
    if isinstance(part, Owns):
        yield from _faults_of_path(part, model, rule, view)
    elif model is not None and not is_targetable(model):
        yield f"{model._meta.label} is named by UNTARGETABLE_MODELS"


def _faults_of_path(part: Owns, model: Any, rule: Rule, view: Any) -> Iterator[str]:
    if model is None and (place := rule.first_place()) is not None:
        try:
            model = target_model(place.model)
        except LookupError:
            return  # which is told of the rule that has the label
    model = model or _model(view)
    if model is not None:
        try:
            owner_path(model, part.path)
        except TypeError as error:
            yield str(error)
    elif not _has_records(view):
        yield "it is about no record here: name the model and record=…"


def _model(view: Any) -> type[Model] | None:
    """The model of a class-based view; None: it has none, or finds it while it runs."""
    cls = _class(view)
    if cls is None:
        return None
    try:
        initkwargs = getattr(view, "view_initkwargs", None) or getattr(view, "initkwargs", {})
        return model_of(cls(**initkwargs))
    except Exception:  # it depends on the request
        return None


def _has_records(view: Any) -> bool:
    """Whether *view* shows records, of a model that is known or that it finds while it runs."""
    return _model(view) is not None or hasattr(_class(view), "get_queryset")


def _class(view: Any) -> Any:
    return getattr(view, "view_class", None) or getattr(view, "cls", None)
