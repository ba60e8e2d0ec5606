"""What a rule is asked about: a request, and the view and records that it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.http import Http404
from django.views.generic.edit import BaseCreateView
from django.views.generic.list import MultipleObjectMixin

from authkit.models.targets import Target, exact_key

from . import resolver
from .arguments import UNSET, target_model
from .holders import holder_of

if TYPE_CHECKING:
    from .rule import Rule

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# What the views of Django REST framework do, with no record and with one.
OF_NONE = frozenset({"list", "create"})
OF_ONE = frozenset({"retrieve", "update", "partial_update", "destroy"})


@dataclass(frozen=True)
class Some:
    """Any record of a model, or the one of a key that is not loaded."""

    model: type[Model]
    key: Any = None


@dataclass
class Access:
    """One attempt to get at a view.

    kwargs: those of the URL. view: the class-based view, set up; make_view: makes it for the rule
    that needs it. record: the one in question, where the caller has it. turned_down: the records
    that a rule said no to; None: one that is missing.
    """

    request: Any
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    view: Any = None
    make_view: Callable[[], Any] | None = None
    record: Any = None
    rule: Rule | None = None
    turned_down: list[Target | None] = field(default_factory=list)

    @property
    def user(self) -> Any:
        """Who asks: always ``request.user``, which tokens and the like replace."""
        return getattr(self.request, "user", None) or AnonymousUser()

    @property
    def http_request(self) -> Any:
        """Django's request, also where a framework has wrapped it."""
        return getattr(self.request, "_request", self.request)

    def settled(self, allowed: bool) -> bool:  # noqa: FBT001, handed through
        """*allowed*, and a note in the request that a rule was asked."""
        self.http_request.authkit_ruled = True
        return allowed

    def is_hidden(self) -> bool:
        """Whether a record is missing, or is not to be known about: it may not be read."""
        return any(
            target is None or not resolver.may(holder_of(self.user), "read", target)
            for target in self.turned_down
        )

    # Records

    def load(self, model: Any, param: str) -> Model:
        """The record whose key is *param* in the URL; loaded once in a request.

        Raises Http404: there is none. ImproperlyConfigured: the URL has no such part.
        """
        model = target_model(model)
        found: Model | None
        if param not in self.kwargs:
            raise ImproperlyConfigured(
                f"The URL of the view has no {param!r}, but {[*self.kwargs]}."
            )
        key = self._key(model, param)
        records = vars(self.http_request).setdefault("authkit_records", {})
        found = records.get(param)
        if found is None or not _answers_for(found, model) or found.pk != key:
            found = model._default_manager.filter(pk=key).first()
        if found is None:
            raise Http404
        self._keep(param, found)
        return found

    def _keep(self, param: str, record: Model) -> None:
        request = self.http_request
        vars(request).setdefault("authkit_records", {})[param] = record
        request.authkit_record = record

    def subject(self, target: Any) -> Any:
        """What a rule that names no record is about: a record, some of a model, what *target* is.

        A class-based view says it: about its record, or, as a list, about some record.
        """
        model = None if target is UNSET else target_model(target)
        if self.record is not None:
            # The class that a lazy object stands for, such as that of the user
            return self.record if _fits(self.record.__class__, model) else target
        in_framework = hasattr(self.view, "permission_classes")
        # Where a whole model is named, and no later question about the record follows, it is meant.
        if model is not None and not in_framework:
            return target
        if self.view is None and self.make_view is not None:
            self.view = self.make_view()
        if self.view is None:
            return target
        of_view = _model_of(self.view)
        if of_view is None or not _fits(of_view, model):
            return target
        if in_framework:
            return self._in_framework(of_view)
        if param := self._param_of_view():
            return self._object_of_view(param)
        is_list = isinstance(self.view, MultipleObjectMixin)
        return Some(of_view) if is_list and self._is_read() else of_view

    def _in_framework(self, model: type[Model]) -> Any:
        lookup = getattr(self.view, "lookup_field", None)
        if lookup is None:
            return model  # no view that finds its records, so that nothing would ask about one
        param = self.view.lookup_url_kwarg or lookup
        if param not in self.kwargs or _is_of_no_record(self.view):
            return Some(model) if self._is_read() else model
        if lookup not in {"pk", model._meta.pk.name}:
            return Some(model)  # until the view has found it, and asks for the record
        # At once, for not every action of a view asks for its record.
        return Some(model, self._key(model, param))

    def _is_read(self) -> bool:
        return self.request.method in SAFE_METHODS

    def _key(self, model: type[Model], param: str) -> Any:
        try:
            return exact_key(model, self.kwargs[param])
        except ValueError:
            raise Http404 from None

    def _param_of_view(self) -> str | None:
        """The part of the URL that says which record the view is about."""
        if isinstance(self.view, BaseCreateView):
            return None  # what the URL names is not the new record
        names = (getattr(self.view, name, None) for name in ("pk_url_kwarg", "slug_url_kwarg"))
        return next((name for name in names if name in self.kwargs), None)

    def _object_of_view(self, param: str) -> Model:
        view = self.view
        record: Model = view.get_object()
        # So that the view does not load it a second time.
        view.get_object = lambda queryset=None: (
            record if queryset is None else type(view).get_object(view, queryset)
        )
        self._keep(param, record)
        return record


def _fits(model: type[Model], wanted: type[Model] | None) -> bool:
    return wanted is None or model._meta.concrete_model is wanted._meta.concrete_model


def _answers_for(record: Model, model: type[Model]) -> bool:
    """Whether *record* is one of *model*: its row, not that of a parent or child under its key."""
    return isinstance(record, model) and _fits(type(record), model)


def _is_of_no_record(view: Any) -> bool:
    """Whether a view of the framework lists or creates, so that a key in its URL is a parent's."""
    detail = getattr(view, "detail", None)
    if detail is not None:
        return not detail  # a router says it
    actions = getattr(view, "action_map", None)
    names = OF_NONE | OF_ONE
    known = set(actions.values()) if actions else {name for name in names if hasattr(view, name)}
    return bool(known & OF_NONE) and not known & OF_ONE


def _model_of(view: Any) -> type[Model] | None:
    """The model of the records that *view* shows, if it shows any."""
    queryset = getattr(view, "queryset", None)
    if queryset is not None:
        return getattr(queryset, "model", None)
    of_form = getattr(getattr(view, "form_class", None), "_meta", None)
    model: type[Model] | None = getattr(view, "model", None) or getattr(of_form, "model", None)
    if model is not None or not hasattr(view, "get_queryset"):
        return model
    return getattr(view.get_queryset(), "model", None)
