"""Own groups and what happens beside them at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from authkit import auth
from authkit.models import Group, Membership, Permission, User
from tests.blog.models import Post

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_name_of_an_own_group_is_taken_at_the_same_instant(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(15):
        user = make_user()

        granted, _made = together(
            partial(auth.add_permission, user, "write", Post),
            partial(auth.create_group, f"user_{user.pk}"),
        )

        assert isinstance(granted, Permission), granted
        assert granted.group.owner == user


def test_a_user_gets_several_rights_at_the_same_instant(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(5):
        user = make_user()

        together(*[partial(auth.add_permission, user, name) for name in "abcd"])

        assert user.auth_permissions.count() == 4
        assert Group.objects.filter(owner=user).count() == 1


def test_a_user_goes_at_the_same_instant(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(10):
        user = make_user()

        granted, _gone = together(
            partial(auth.add_permission, user, "write", Post),
            User.objects.get(pk=user.pk).delete,
        )

        assert isinstance(granted, (Permission, User.DoesNotExist)), granted
        assert not User.objects.exists()
        assert not Group.objects.exists()
        assert not Membership.objects.exists()
