"""What the facade is handed, turned into what the rest works with.

The unions end here: below, a user, a group and a target are what they are.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import Manager, Model, QuerySet

from authkit.context import get_request
from authkit.models import get_group_model
from authkit.models.fields import is_storable
from authkit.models.targets import Target, exact_key, find_model

from .holders import NOBODY, Holder, holder_of, member_of

M = TypeVar("M", bound=Model)


class Missing(Enum):
    """The type of an argument that was left out, where None is an answer."""

    UNSET = "unset"


UNSET: Final = Missing.UNSET


# Users and groups


@cache
def _model(label: str) -> Any:
    return get_user_model()


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
    if isinstance(user, Model):
        raise TypeError(f"A user is a {model._meta.label} or its key, not {user!r}.")
    return Holder("user_key", exact_key(model, user))


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
    if isinstance(group, Model):
        raise TypeError(f"A group is a {model._meta.label}, its key or name, not {group!r}.")
    return Holder("group", exact_key(model, group))


def wanted_user(user: Any, using: str) -> Any:
    """The user of a command.

    Raises ValueError: there is none, or one that is not stored. DoesNotExist: nobody has the key.
    """
    if user is UNSET:
        user = current_user()
    model = get_user_model()
    if isinstance(user, model):
        if user.pk is None or user._state.adding:
            raise ValueError("The user is not stored yet.")
        return user
    if user is None or isinstance(user, AnonymousUser):
        raise ValueError("Nobody is logged in: a command needs a user.")
    if isinstance(user, Model):
        raise TypeError(f"A user is a {model._meta.label} or its key, not {user!r}.")
    return model._base_manager.using(using).get(pk=exact_key(model, user))


def wanted_group(group: Any, using: str) -> Any:
    """The group of a command, by itself, its key or its name.

    Raises ValueError: it is None or not stored. DoesNotExist: there is none.
    """
    model = get_group_model()
    rows = model._base_manager.using(using)
    if isinstance(group, str):
        return (rows if is_storable(group) else rows.none()).get(name=group)
    if isinstance(group, model):
        if group.pk is None or group._state.adding:
            raise ValueError("The group is not stored yet.")
        return group
    if group is None or isinstance(group, Model):
        raise ValueError(f"{group!r} is no group.")
    return rows.get(pk=exact_key(model, group))


# Targets


def target_model(target: Any) -> type[Model]:
    """The model of a class or a label ("blog.Post"). Raises LookupError: there is none."""
    if isinstance(target, str):
        return find_model(target)
    if isinstance(target, type) and issubclass(target, Model):
        return target
    raise TypeError(f"A target is a model, its label or a record, not {target!r}.")


def one_target(target: Any, record: Any = UNSET) -> Target:
    """The capability's target (nothing), a model or a record.

    Raises ValueError: None, an unsaved record, one of another model than the one named, or a key
    that is not exactly one of the model's.
    """
    if target is UNSET:
        if record is not UNSET:
            raise TypeError("Name the model of the record.")
        return Target()
    if target is None:
        raise ValueError("None is no target. Leave it out to mean a capability without a model.")
    if isinstance(target, Model):
        if record is not UNSET:
            raise TypeError("The target is a record already: name one.")
        return Target.of(target)
    model = target_model(target)
    if record is UNSET:
        return Target.of(model)
    if record is None:
        raise ValueError("None is no record. Leave it out to mean the whole model.")
    if not isinstance(record, Model):
        return Target.of_key(model, record)
    if record._meta.concrete_model is not model._meta.concrete_model:
        raise ValueError(f"{record!r} is no record of {model._meta.label}.")
    return Target.of(record)


def is_several(target: Any) -> bool:
    """Whether *target* stands for any number of targets."""
    return isinstance(target, (QuerySet, Manager, list, tuple, set, frozenset))


def many_targets(target: Any, record: Any = UNSET) -> list[Target]:
    """The targets of a command: one, or a QuerySet or list of records or models."""
    if is_several(record):
        model = target_model(target)
        return _targets(record, lambda each: one_target(model, each))
    if not is_several(target):
        return [one_target(target, record)]
    if record is not UNSET:
        raise TypeError("The targets are records already: name none.")
    return _targets(target, one_target)


def _targets(several: Any, of: Callable[[Any], Target]) -> list[Target]:
    if isinstance(several, (QuerySet, Manager)):
        # The keys are enough.
        return Target.of_keys(several.model, several.values_list("pk", flat=True))
    return [of(each) for each in several]


def records_of(records: Any) -> list[tuple[Any, Target]]:
    """Key and target of each record of a QuerySet or list. Raises ValueError: of two models."""
    if isinstance(records, (QuerySet, Manager)):
        keys = list(records.values_list("pk", flat=True))
        return list(zip(keys, Target.of_keys(records.model, keys), strict=True))
    records = list(records)
    if not all(isinstance(record, Model) for record in records):
        raise TypeError("Ask for records, not for models or keys.")
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
    raise TypeError(f"A list is a QuerySet, a manager or a model, not {rows!r}.")


def listed(value: Any) -> list[Any]:
    """*value*, one or several, as a list."""
    if isinstance(value, (QuerySet, Manager)):
        return list(value.all())
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]
