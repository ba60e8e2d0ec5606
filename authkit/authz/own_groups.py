"""The group of one person, for rights that are that person's alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from authkit.conf import get_conf
from authkit.models import get_group_model, get_membership_model
from authkit.models.targets import exact_key

DEFAULT_NAME = "user_%(id)s"


def own_group_name(pk: Any) -> str:
    """What the group of the user with the key *pk* is called."""
    return (get_conf().CREATE_USER_GROUPS or DEFAULT_NAME) % {"id": pk}


def owner_key(name: str) -> Any:
    """The key of the user whose own group would be called *name*, or None."""
    before, after = own_group_name("\n").split("\n")
    key = name[len(before) : len(name) - len(after)]
    try:
        return exact_key(get_user_model(), key) if name == f"{before}{key}{after}" else None
    except ValueError:
        return None


def find_own_group(user: Any, using: str) -> Any:
    """The group of *user*, or None."""
    return own_groups([user.pk], using).first()


def own_groups(keys: Iterable[Any], using: str) -> QuerySet[Any]:
    """The groups of the users with these *keys*; one with other members is an ordinary group."""
    keys = list(keys)
    members = get_membership_model()._base_manager.using(using).filter(group=OuterRef("pk"))
    groups: QuerySet[Any] = get_group_model()._base_manager.using(using)
    named = groups.filter(name__in=[own_group_name(key) for key in keys])
    return named.exclude(Exists(members.exclude(user__in=keys)))


def own_group(user: Any, using: str) -> Any:
    """The group of *user*, made on first use.

    Raises ValueError: a group of this name has other members.
    """
    groups = get_group_model()._default_manager.db_manager(using)
    memberships: Any = get_membership_model()._default_manager.db_manager(using)
    with transaction.atomic(using=using):
        group = groups.put({"name": own_group_name(user.pk)})
        if memberships.filter(group=group).exclude(user=user.pk).exists():
            raise ValueError(f"{group.name!r} is no group of one person: it has other members.")
        memberships.add(group, user)
    return group
