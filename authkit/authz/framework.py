"""Django REST framework, known by the shape of its views and not imported."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest

from .access import Access
from .deciding import Askable, decide
from .records import key_in_url
from .subjects import KeyedRecord, SomeRecord, Subject, WholeModel

# What its views do, with no record and with one.
OF_NONE = frozenset({"list", "create"})
OF_ONE = frozenset({"retrieve", "update", "partial_update", "destroy"})


def is_view(view: Any) -> bool:
    """Whether *view*, a class or an instance, is one of its own."""
    return hasattr(view, "permission_classes")


def is_permission(value: Any) -> bool:
    """Whether *value* is one of its permission classes, or composed of them by ``& | ~``."""
    return isinstance(value, type) or hasattr(value, "operator_class")


def unless_its(view: Any) -> Any:
    """*view*, or None where it is one of its own, which asks about its records itself and later."""
    return None if is_view(view) else view


def subject_of(access: Access, model: type[Model]) -> Subject:
    """What its view of *model* is about, before it has found a record."""
    view = access.view
    lookup = getattr(view, "lookup_field", None)
    if lookup is None:
        return WholeModel(model)  # no view that finds its records: nothing would ask about one
    param = view.lookup_url_kwarg or lookup
    if param not in access.kwargs or _is_of_no_record(view):
        return SomeRecord(model) if access.is_read else WholeModel(model)
    if lookup not in {"pk", model._meta.pk.name}:
        return SomeRecord(model)  # until the view has found it, and asks for the record
    # At once, for not every action of a view asks for its record.
    return KeyedRecord(model, key_in_url(access, model, param))


def permits(rule: Askable, access: Access) -> bool:
    """Whether *rule* holds, as one of the permissions of ``access.view``.

    Raises Http404: it alone denies, and the record may not even be read. PermissionDenied: nobody
    knows the answer, and the framework would make a yes of a no.
    """
    answer = decide(rule, access)
    access.mark_asked()
    if answer is True:
        return True
    if not any(rule in _needed(each) for each in access.view.get_permissions()):
        # Another may do instead: the framework's "not" would make True of what nobody knows,
        # and its "or" has to ask the others.
        if answer is None:
            raise PermissionDenied
    elif access.user.is_authenticated and access.is_hidden():
        raise _missing(access.record)
    return False


def _is_of_no_record(view: Any) -> bool:
    """Whether it lists or creates, so that a key in its URL is a parent's."""
    detail = getattr(view, "detail", None)
    if detail is not None:
        return not detail  # a router says it
    actions = getattr(view, "action_map", None)
    names = OF_NONE | OF_ONE
    known = set(actions.values()) if actions else {name for name in names if hasattr(view, name)}
    return bool(known & OF_NONE) and not known & OF_ONE


def _missing(record: Any) -> Http404:
    """What it raises where it finds none, in the same words if it has found *record*."""
    if not isinstance(record, Model):
        return Http404()
    return Http404(f"No {record._meta.object_name} matches the given query.")


def _needed(permission: Any) -> list[Any]:
    """The permissions of which each has to hold for *permission*, one of its own, to."""
    if type(permission).__name__ != "AND":
        return [permission]
    return [*_needed(permission.op1), *_needed(permission.op2)]


# Without a request


def guards_of(view: Any) -> dict[str, list[Any]]:
    """What each action, or method, of *view*, a result of ``as_view()``, is guarded by.

    Raises whatever its ``get_permissions`` does, which may need a request.
    """
    cls, actions = view.cls, getattr(view, "actions", None)
    methods = {name: name.upper() for name in cls.http_method_names if hasattr(cls, name)}
    methods.pop("options", None)  # each view has it, and asks before
    return {
        name: [each for each in _permissions(view, method, name) if not _opens(each)]
        for method, name in (actions or methods or {"get": ""}).items()
    }


def parts_of(permission: Any) -> list[Any]:
    """What one of its permissions is composed of by ``& | ~``; nothing: it is not."""
    if type(permission).__name__ not in {"AND", "OR", "NOT"}:
        return []
    return [getattr(permission, name) for name in ("op1", "op2") if hasattr(permission, name)]


def _permissions(view: Any, method: str, action: str) -> Any:
    instance = view.cls(**view.initkwargs)
    instance.request = HttpRequest()
    instance.request.method, instance.request.user = method.upper(), AnonymousUser()
    instance.args, instance.kwargs, instance.format_kwarg = (), {}, None
    instance.action, instance.action_map = action, getattr(view, "actions", None)
    return instance.get_permissions()


def _opens(permission: Any) -> bool:
    """Whether *permission* lets everybody pass."""
    parts, kind = parts_of(permission), type(permission).__name__
    if kind == "AND":
        return all(map(_opens, parts))
    return any(map(_opens, parts)) if kind == "OR" else _asks_nothing(type(permission))


def _asks_nothing(cls: Any) -> bool:
    """Whether *cls* leaves its answers to BasePermission or AllowAny."""
    names = "has_permission", "has_object_permission"
    methods: list[Any] = [getattr(cls, name, None) for name in names]
    return all(
        getattr(method, "__module__", None) == "rest_framework.permissions"
        and method.__qualname__.partition(".")[0] in {"BasePermission", "AllowAny"}
        for method in methods
    )
