"""What a command is handed: who and what is meant is there, or an error tells what was wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Manager, Model, QuerySet
from django.utils import timezone

from authkit.models import get_group_model, get_permission_model
from authkit.models.expiry import validate_end
from authkit.models.fields import is_storable
from authkit.models.targets import Target

from .arguments import (
    UNSET,
    current_user,
    group_key,
    is_several,
    one_target,
    target_model,
    user_key,
    user_model,
)


def wanted_user(user: Any, using: str) -> Any:
    """The user of a command.

    Raises ValueError: there is none, or one that is not stored. DoesNotExist: nobody has the key.
    """
    if user is UNSET:
        user = current_user()
    model = user_model()
    if isinstance(user, model):
        if user.pk is None or user._state.adding:
            raise ValueError("The user is not stored yet.")
        return user
    if user is None or isinstance(user, AnonymousUser):
        raise ValueError("Nobody is logged in: a command needs a user.")
    key = user_key(user)
    try:
        return model._base_manager.using(using).get(pk=key)
    except model.DoesNotExist:
        raise model.DoesNotExist(f"There is no user with the key {key!r}.") from None


def wanted_group(group: Any, using: str) -> Any:
    """The group of a command, by itself, its key or its name.

    Raises ValueError: it is None or not stored. TypeError: it is none. DoesNotExist: there is none.
    """
    model = get_group_model()
    if isinstance(group, model):
        if group.pk is None or group._state.adding:
            raise ValueError("The group is not stored yet.")
        return group
    if group is None:
        raise ValueError("None is no group.")
    rows = model._base_manager.using(using)
    by_name = isinstance(group, str)
    key = {"name": group} if by_name else {"pk": group_key(group)}
    if by_name and not is_storable(group):
        rows = rows.none()
    try:
        return rows.get(**key)
    except model.DoesNotExist:
        hint = " For a person pass the user, not an address." if "@" in str(group) else ""
        raise model.DoesNotExist(f"There is no group {group!r}.{hint}") from None


def wanted_end(expires_at: Any) -> datetime | None:
    """When a membership or grant ends, as the database holds it; one in the past ends it at once.

    Raises TypeError: it is neither a datetime nor None. ValidationError: its year is out of reach.
    """
    if expires_at is None:
        return None
    if not isinstance(expires_at, datetime):
        raise TypeError(f"expires_at is a datetime or None, not {expires_at!r}.")
    validate_end(expires_at)
    if not settings.USE_TZ and timezone.is_aware(expires_at):
        return timezone.make_naive(expires_at)
    # As every field does: what is naive is of the current time zone, with a warning.
    ends: datetime = get_permission_model()._meta.get_field("expires_at").get_prep_value(expires_at)
    return ends


def wanted_targets(target: Any, record: Any = UNSET) -> list[Target]:
    """The targets of a command: one, or a QuerySet or list of records or models."""
    if is_several(record):
        model = target_model(target)
        return _targets(record, lambda each: one_target(model, each))
    if not is_several(target):
        return [one_target(target, record)]
    if record is not UNSET:
        raise TypeError("The targets are several already: name no record.")
    return _targets(target, one_target)


def _targets(several: Any, of: Callable[[Any], Target]) -> list[Target]:
    if isinstance(several, (QuerySet, Manager)):
        # The keys are enough.
        return Target.of_keys(several.model, several.values_list("pk", flat=True))
    return [of(each) for each in several]


def has_status(model: type[Model]) -> bool:
    """Whether the users of *model* have a status."""
    return any(field.name == "status" for field in model._meta.get_fields())
