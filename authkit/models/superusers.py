"""The last active superuser must stay, also when two administrators act at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from authkit.exceptions import LastSuperuserError, StaleUserError

from .status import Status


def table_of(model: type[models.Model]) -> Any:
    """The model whose own table holds the status: the parent, for a multi-table child."""
    return model._meta.get_field("status").model


def active_superusers(model: type[models.Model], *, using: str) -> models.QuerySet[Any]:
    """Whoever has every right and may log in."""
    rows: models.QuerySet[Any] = table_of(model)._base_manager.using(using)
    return rows.filter(is_superuser=True, status=Status.ACTIVE)


def guard_last_superuser(model: type[models.Model], leaving: Iterable[Any], *, using: str) -> None:
    """Raises LastSuperuserError: without *leaving* (keys) no active superuser would be left."""
    # All of them are locked, in one order: of two administrators who remove each other the second
    # waits, and then finds the first one's work.
    rows = active_superusers(model, using=using).select_for_update().order_by("pk")
    supers = set(rows.values_list("pk", flat=True))
    if supers and supers <= set(leaving):
        raise LastSuperuserError("The last active superuser must stay.")


def lock_user(model: type[models.Model], pk: Any, *, using: str, leaving: bool = False) -> Any:
    """The row of *pk*, locked until the transaction ends; None: it is gone.

    leaving: the user is about to be no active superuser any more.
    Raises LastSuperuserError: that was the last one. StaleUserError: it has just become one.
    """
    guarded: list[Any] = []
    if leaving:
        # Before the row itself is locked, or two administrators would deadlock; and only where it
        # matters, for whoever blocks a guest shall not wait for every administrator.
        supers = active_superusers(model, using=using)
        guarded = list(supers.filter(pk=pk).values_list("pk", flat=True))
    if guarded:
        guard_last_superuser(model, guarded, using=using)
    row = table_of(model)._base_manager.using(using).select_for_update().filter(pk=pk).first()
    if leaving and not guarded and row and row.is_superuser and row.status == Status.ACTIVE:
        raise StaleUserError("The account has just become a superuser.")
    return row
