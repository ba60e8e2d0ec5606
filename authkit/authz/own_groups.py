"""The group of one person, for rights that are that person's alone."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import transaction

from authkit.conf import get_conf
from authkit.models import get_group_model, get_membership_model

DEFAULT_NAME = "user_%(id)s"


def find_own_group(user: Any, using: str) -> Any:
    """The group of *user*, or None."""
    groups: Any = get_group_model()._base_manager
    return groups.using(using).filter(owner=user.pk).first()


def own_group(user: Any, using: str) -> Any:
    """The group of *user*, made on first use."""
    groups: Any = get_group_model()._default_manager.db_manager(using)
    memberships: Any = get_membership_model()._default_manager.db_manager(using)
    with transaction.atomic(using=using):
        group = find_own_group(user, using)
        if group is None:
            group = groups.put({"owner_id": user.pk}, name=_free_name(groups, user.pk))
        memberships.add(group, user)
    return group


def _free_name(groups: Any, pk: Any) -> str:
    """What the group of the user with the key *pk* is called: nothing that another is."""
    name = (get_conf().CREATE_USER_GROUPS or DEFAULT_NAME) % {"id": pk}
    names = (name if number == 1 else f"{name}_{number}" for number in count(1))
    others = groups.exclude(owner=pk)
    return next(name for name in names if not others.filter(name=name).exists())
