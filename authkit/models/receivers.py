"""What reaches the tables past our managers: fixtures, and deletions that come from elsewhere."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.signals import class_prepared, post_delete, pre_delete, pre_save
from django.dispatch import receiver

from authkit.exceptions import LastSuperuserError

from .events import AbstractEvent
from .status import Action, Status
from .superusers import active_superusers, guard_last_superuser, table_of
from .tracked import TrackedModel
from .users import AbstractUserBasic
from .writes import announce

OURS = (AbstractUserBasic, AbstractEvent, TrackedModel)


@receiver(pre_save)
def prepare_fixture(*, instance: models.Model, raw: bool, using: str, **kwargs: Any) -> None:
    """A fixture need not hold what follows from the rest, nor can it know a model's key here.

    Raises ValidationError: it holds what may not be.
    """
    if raw and isinstance(instance, TrackedModel):
        instance.prepare_each([instance], using)
    elif raw and isinstance(instance, OURS):
        instance.prepare()


@receiver(class_prepared)
def on_model(*, sender: type[models.Model], **kwargs: Any) -> None:
    """Keep the constraints from multi-table children, and watch the users' tables."""
    if issubclass(sender, OURS):
        # A child would else inherit the Meta of our abstract base, with constraints on columns
        # that are not in its own table.
        sender.Meta = type("Meta", (), {})  # type: ignore[misc, assignment]
    if issubclass(sender, AbstractUserBasic) and table_of(sender) is sender:
        # These alone: a listener costs a model its fast delete.
        pre_delete.connect(before_cascade, sender=sender)
        post_delete.connect(after_cascade, sender=sender)
    if issubclass(sender, TrackedModel) and _goes_with_others(sender):
        post_delete.connect(after_cascade_of_row, sender=sender)


def _goes_with_others(model: type[models.Model]) -> bool:
    """Whether rows of *model* may go by a cascade that our own models do not know."""
    known = {
        field.name
        for base in model.__mro__
        if base.__module__.startswith("authkit.") and getattr(base, "_meta", None)
        for field in base._meta.local_fields  # type: ignore[attr-defined]
    }
    return any(
        field.remote_field is not None
        and field.remote_field.on_delete is models.CASCADE
        and not field.remote_field.parent_link
        and field.name not in known
        for field in model._meta.local_fields
    )


def after_cascade_of_row(*, instance: TrackedModel, using: str, origin: Any, **kwargs: Any) -> None:
    """Tell of a row that went with a record which is none of ours, and so tells of nothing."""
    kind = origin.model if isinstance(origin, models.QuerySet) else type(origin)
    if not issubclass(kind, OURS):
        instance._announce("delete", instance.pk, using)


def before_cascade(*, instance: AbstractUserBasic, using: str, origin: Any, **kwargs: Any) -> None:
    """Keep other transactions from removing the superusers that remain."""
    if _is_cascade(instance, origin) and _is_active_superuser(instance):
        guard_last_superuser(type(instance), [instance.pk], using=using)


def after_cascade(*, instance: AbstractUserBasic, using: str, origin: Any, **kwargs: Any) -> None:
    """Tell of a user that went with another record."""
    if not _is_cascade(instance, origin):
        return
    model = type(instance)
    # Several may have gone at once.
    if _is_active_superuser(instance) and not active_superusers(model, using=using).exists():
        raise LastSuperuserError("The last active superuser must stay.")
    announce(model, None, Action.DELETE, {}, using=using, pk=instance.pk)


def _is_cascade(instance: AbstractUserBasic, origin: Any) -> bool:
    if isinstance(origin, models.QuerySet):
        return not issubclass(origin.model, AbstractUserBasic)
    return not isinstance(origin, AbstractUserBasic) or origin.pk != instance.pk


def _is_active_superuser(user: AbstractUserBasic) -> bool:
    return user.is_superuser and user.status == Status.ACTIVE
