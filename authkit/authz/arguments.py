"""What the facade is handed, turned into what the rest works with.

The unions end here: below, a user, a group and a target are what they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Manager, Model, QuerySet
from django.utils.functional import Promise

from authkit.context import get_request
from authkit.models import get_group_model
from authkit.models.fields import is_storable
from authkit.models.targets import Target, exact_key, find_model, has_record_keys

from .holders import NOBODY, Holder, holder_of, member_of

M = TypeVar("M", bound=Model)


class Missing(Enum):
    """The type of an argument that was left out, where None is an answer."""

    UNSET = "unset"

    def __repr__(self) -> str:
        # As help() and the reference show it.
        return "..."


UNSET: Final = Missing.UNSET


def is_several(value: Any) -> bool:
    """Whether *value* stands for any number of them."""
    # What is lazy can be iterated over by its class, whatever it stands for.
    if isinstance(value, (str, bytes, Model, AnonymousUser, Promise)):
        return False
    return isinstance(value, (QuerySet, Manager, Iterable))


def listed(value: Any) -> list[Any]:
    """*value*, one or several, as a list."""
    if isinstance(value, (QuerySet, Manager)):
        return list(value.all())
    return list(value) if is_several(value) else [value]


def shown(value: Any) -> str:
    """*value* as a message names it: nothing is read from the database for that."""
    return f"a {type(value).__name__}" if is_several(value) else repr(value)


# Users and groups


@cache
def _model(label: str) -> Any:
    return apps.get_model(label)


def user_model() -> Any:
    """The user model; looking it up is a part of every question."""
    return _model(settings.AUTH_USER_MODEL)


def current_user() -> Any:
    """The user of the current request. Raises RuntimeError: there is none."""
    request = get_request()
    if request is None:
        raise RuntimeError(
            "There is no current user outside of a request: pass user=… (or put "
            '"authkit.middleware.AuthkitMiddleware" into MIDDLEWARE).'
        )
    return getattr(request, "user", AnonymousUser())


def asked_holder(user: Any, group: Any) -> Holder:
    """Whose rights a question is about; nobody's, where it is about nobody.

    Raises TypeError: both a user and a group are named.
    """
    if group is UNSET:
        return _user_holder(user, holder_of)
    if user is not UNSET:
        raise TypeError("Ask for a user or for a group, not for both.")
    return group_holder(group)


def asked_member(user: Any) -> Holder:
    """Whose membership a question is about."""
    return _user_holder(user, member_of)


def _user_holder(user: Any, known: Any) -> Holder:
    if user is UNSET:
        user = current_user()
    if user is None:
        return NOBODY
    model = user_model()
    if isinstance(user, (model, AnonymousUser)):
        holder: Holder = known(user)
        return holder
    return Holder("user_key", user_key(user))


def user_key(user: Any) -> Any:
    """*user* as a key. Raises TypeError: it cannot be one. ValueError: it is not exactly one."""
    model = user_model()
    if isinstance(user, Model) or is_several(user):
        raise TypeError(f"A user is one {model._meta.label} or its key, not {shown(user)}.")
    try:
        return exact_key(model, user)
    except ValueError as error:
        raise ValueError(f"{error} Pass the user or their key.") from None


def group_holder(group: Any) -> Holder:
    """A group by itself, its key or its name; nobody for None and for one that is not stored."""
    model = get_group_model()
    if group is None:
        return NOBODY
    if isinstance(group, model):
        stored = group.pk is not None and not group._state.adding
        return Holder("group", group.pk) if stored else NOBODY
    if isinstance(group, str):
        return Holder("group_name", group) if is_storable(group) else NOBODY
    return Holder("group", group_key(group))


def group_key(group: Any) -> Any:
    """*group* as a key. Raises TypeError: it cannot be one. ValueError: it is not exactly one."""
    model = get_group_model()
    if isinstance(group, (user_model(), AnonymousUser)):
        raise TypeError(f"A group is one {model._meta.label}, its key or name, and no user.")
    if isinstance(group, Model) or is_several(group):
        raise TypeError(f"A group is one {model._meta.label}, its key or name, not {shown(group)}.")
    return exact_key(model, group)


# Targets


def target_model(target: Any) -> type[Model]:
    """The model of a class or a label ("blog.Post"). Raises LookupError: there is none."""
    if isinstance(target, str):
        return find_model(target)
    if isinstance(target, type) and issubclass(target, Model):
        return target
    if isinstance(target, Model):
        raise TypeError(f"Name the model or its label here, not a record: {target!r}.")
    raise TypeError(f"A target is a model, its label or a record, not {shown(target)}.")


def one_target(target: Any, record: Any = UNSET, *, asked: bool = False) -> Target:
    """The capability's target (nothing), a model or a record.

    Raises ValueError: None, an unsaved record, one of another model than the one named, or a key
    that is not exactly one of the model's. TypeError: the model's records cannot be targets.

    asked: their model's answer is good for those.
    """
    of = Target.asked if asked else Target.of
    if target is UNSET:
        if record is not UNSET:
            raise TypeError("Name the model of the record.")
        return Target()
    if target is None:
        raise ValueError("None is no target. Leave it out to mean a capability without a model.")
    if isinstance(target, Model):
        if record is not UNSET:
            raise TypeError("The target is a record already: name one.")
        return of(target)
    model = target_model(target)
    if record is UNSET:
        return Target.of(model)
    if record is None:
        raise ValueError("None is no record. Leave it out to mean the whole model.")
    if not isinstance(record, Model):
        if not asked or has_record_keys(model):
            return Target.of_key(model, record)
        check_other_key(model, record)
        return Target.of(model)
    if record._meta.concrete_model is not model._meta.concrete_model:
        raise ValueError(f"{record!r} is no record of {model._meta.label}.")
    return of(record)


def check_other_key(model: type[Model], key: Any) -> None:
    """Raises ValueError: *key*, neither an integer nor a UUID, is not exactly one of *model*."""
    pk: Any = model._meta.pk
    with suppress(ValidationError, TypeError):
        value = pk.to_python(key)
        spelled = key if type(key) is type(value) else str(value)
        if key and spelled == key and (not isinstance(key, str) or is_storable(key)):
            return
    raise ValueError(f"{key!r} is no primary key of a record of {model._meta.label}.")


def asked_target(target: Any, record: Any = UNSET) -> Target:
    """The target of a question; see ``one_target``."""
    return one_target(target, record, asked=True)


def records_of(records: Any) -> list[tuple[Any, Target]]:
    """Key and target of each record of a QuerySet or list. Raises ValueError: of two models."""
    if isinstance(records, (QuerySet, Manager)):
        model, keys = records.model, list(records.values_list("pk", flat=True))
        if not has_record_keys(model):
            return [(key, Target.of(model)) for key in keys]
        return list(zip(keys, Target.of_keys(model, keys), strict=True))
    if not is_several(records):
        raise TypeError(f"Records are a list or QuerySet of records, not {shown(records)}.")
    records = list(records)
    if not all(isinstance(record, Model) for record in records):
        raise TypeError("Ask for a list or QuerySet of records, not of models or keys.")
    found = Target.of_records(records)
    if len({target.key for target in found}) > 1:
        raise ValueError("The records are of several models: ask for each model by itself.")
    return [(record.pk, target) for record, target in zip(records, found, strict=True)]


def queryset_of(rows: QuerySet[M] | Manager[M] | type[M]) -> QuerySet[M]:
    """A QuerySet of it. Raises TypeError: it is no QuerySet, manager or model."""
    if isinstance(rows, QuerySet):
        return rows
    if isinstance(rows, Manager):
        return rows.all()
    if isinstance(rows, type) and issubclass(rows, Model):
        return rows._default_manager.all()
    raise TypeError(f"A list is a QuerySet, a manager or a model, not {shown(rows)}.")
