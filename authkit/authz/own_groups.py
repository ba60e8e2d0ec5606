"""The group of one person, for rights that are that person's alone."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction

from authkit.conf import get_conf
from authkit.models import get_group_model, get_membership_model
from authkit.models.expiry import in_force

DEFAULT_NAME = "user_%(id)s"


def find_own_group(user: Any, using: str) -> Any:
    """The group of *user*, or None."""
    groups: Any = get_group_model()._base_manager
    return groups.using(using).filter(owner=user.pk).first()


def own_group(user: Any, using: str) -> Any:
    """The group of *user*, made on first use, when they join it.

    Raises DoesNotExist: the user is gone.
    """
    users: Any = get_user_model()._base_manager
    memberships: Any = get_membership_model()._default_manager.db_manager(using)
    with transaction.atomic(using=using):
        # Whoever deletes the user, or makes the group too, waits, and then finds it.
        users.using(using).select_for_update().get(pk=user.pk)
        group = find_own_group(user, using)
        if group is None:
            group = _make_group(user.pk, using)
            memberships.add(group, user)
    return group


def own_group_in_force(user: Any, using: str) -> Any:
    """The group of *user*, who is in it.

    Raises DoesNotExist: the user is gone. ValueError: they were taken out, or for a time only. To
    let them in for the sake of one right would give back all others.
    """
    group = own_group(user, using)
    memberships: Any = get_membership_model()._base_manager
    if not memberships.using(using).filter(in_force(), group=group.pk, user=user.pk).exists():
        raise ValueError(
            "The user was taken out of their own group, or their time in it has ended. To give "
            "back all that it grants: auth.add_membership(user.auth_own_group, user)."
        )
    return group


def _make_group(pk: Any, using: str) -> Any:
    """A group of the user with the key *pk*, by a name that no other has."""
    groups: Any = get_group_model()._default_manager.db_manager(using)
    taken: Any = get_group_model()._base_manager.using(using)
    first = (get_conf().CREATE_USER_GROUPS or DEFAULT_NAME) % {"id": pk}
    names = (first if number == 1 else f"{first}_{number}" for number in count(1))
    while True:
        name = next(name for name in names if not taken.filter(name=name).exists())
        try:
            with transaction.atomic(using=using):
                return groups.create(name=name, owner_id=pk)
        except IntegrityError:
            # Unless somebody else has just made one of this name.
            if not taken.filter(name=name).exists():
                raise
