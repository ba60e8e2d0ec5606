"""Who is asked about: a user, a group, nobody, or somebody who may do everything."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model

from authkit.conf import get_conf
from authkit.models import Status


class Holder(NamedTuple):
    """Whose rights are asked for; ``how`` tells what ``key`` is.

    user: the key of a user whose status is known to be active. user_key: one of whom nothing is
    known yet. group: the key of a group. group_name: its name. nobody, everything: no key.
    """

    how: str
    key: Any = None


NOBODY = Holder("nobody")
EVERYTHING = Holder("everything")


def is_active(user: Any) -> bool:
    """Whether *user*, as loaded, may do anything at all; models without a status have a flag."""
    if user.pk is None or user._state.adding:
        return False
    status = getattr(user, "status", None)
    return bool(user.is_active) if status is None else bool(status == Status.ACTIVE)


def active_filter() -> dict[str, Any]:
    """The same question to the database."""
    return _active_filter(get_user_model())


@cache
def _active_filter(model: Any) -> dict[str, Any]:
    fields = {field.name for field in model._meta.get_fields()}
    return {"status": Status.ACTIVE.value} if "status" in fields else {"is_active": True}


def holder_of(user: Any) -> Holder:
    """The rights of *user*, an instance: what it says of itself is trusted for the request."""
    if user.is_anonymous or not is_active(user):
        return NOBODY
    if get_conf().SUPERUSER_BYPASS and getattr(user, "is_superuser", False):
        return EVERYTHING
    return Holder("user", user.pk)


def member_of(user: Any) -> Holder:
    """*user* as a member of groups, which no superuser is without being added."""
    return NOBODY if user.is_anonymous or not is_active(user) else Holder("user", user.pk)


def loaded(holder: Holder, using: str) -> Holder:
    """*holder* with the status and rank of a user who is known by key alone; one query for it."""
    if holder.how != "user_key":
        return holder
    user = get_user_model()._base_manager.using(using).filter(pk=holder.key).first()
    return NOBODY if user is None else holder_of(user)
