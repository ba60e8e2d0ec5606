"""Ends of memberships and grants: a datetime, of whichever time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from authkit.authz.policy import sync
from authkit.authz.policy_file import read
from authkit.models import Group, Permission
from tests.authz.conftest import Twins

pytestmark = pytest.mark.django_db

POLICY = """
[[groups]]
name = "writers"
grants = [{ name = "write", expires_at = 2020-01-01T00:00:00Z }]
"""


@pytest.mark.parametrize("end", ["2027-01-01", timedelta(days=1), date(2027, 1, 1), 5, True])
def test_an_end_is_a_datetime(auth: Twins, user: Any, group: Group, end: Any) -> None:
    for command in (
        partial(auth.add_membership, group, user),
        partial(auth.add_permission, group, "write"),
        partial(auth.add_permission, group, ["write"]),
        partial(auth.add_permission, user, "write"),
    ):
        with pytest.raises(TypeError, match="expires_at is a datetime or None, not"):
            command(expires_at=end)
    assert Permission.objects.count() == 0


def test_an_end_without_a_time_zone_is_of_the_current_one(
    auth: Twins, user: Any, group: Group
) -> None:
    end = datetime(2090, 1, 6, 12)
    for command in (
        partial(auth.add_membership, group, user),
        partial(auth.add_permission, group, "write"),
        partial(auth.add_permission, user, "write"),
    ):
        with pytest.warns(RuntimeWarning, match="naive datetime"):
            assert command(expires_at=end).expires_at == timezone.make_aware(end)
    assert auth.has_permission("write", user=user)


def test_an_end_follows_a_project_without_time_zones(
    auth: Twins, user: Any, group: Group, settings: Any
) -> None:
    settings.USE_TZ = False
    end = datetime(2090, 1, 6, 12, tzinfo=UTC)
    naive = timezone.make_naive(end)

    assert auth.add_permission(group, "write", expires_at=end).expires_at == naive
    assert auth.add_membership(group, user, expires_at=naive).expires_at == naive
    assert auth.has_permission("write", user=user)


def test_an_end_that_is_past_ends_at_once_by_a_policy_file_too(
    auth: Twins, user: Any, group: Group
) -> None:
    for give in (
        lambda: auth.add_permission(group, "write", expires_at=datetime(2020, 1, 1, tzinfo=UTC)),
        lambda: sync(read(POLICY, "default", "policy.toml"), prune=False),
    ):
        auth.add_permission(group, "write")
        give()
        assert not auth.has_permission("write", user=user)
        assert Permission.objects.get().expires_at == datetime(2020, 1, 1, tzinfo=UTC)
