"""Accounts that nobody verified are deleted, and their user names are free again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from .registering import ADDRESS, WEEK, age, register


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "unverified"])
def test_accounts_that_nobody_verified_expire(make_user: Callable[..., Any], status: str) -> None:
    make_user(status=status)
    age(WEEK - timedelta(minutes=1))
    call_command("authkit_prune", verbosity=0)
    assert get_user_model().objects.count() == 1
    age(WEEK + timedelta(minutes=1))
    call_command("authkit_prune", verbosity=0)
    assert get_user_model().objects.count() == (status != "unverified")


def test_a_blocked_account_does_not_expire(make_user: Callable[..., Any]) -> None:
    make_user(status="unverified").block()
    age(2 * WEEK)
    call_command("authkit_prune", verbosity=0)
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize(("old", "free"), [(WEEK * 2, True), (WEEK / 2, False)])
def test_the_user_name_of_an_expired_account_is_free(
    make_user: Callable[..., Any], old: timedelta, free: Any
) -> None:
    make_user(username="ada", status="unverified")
    age(old)
    assert (register().status_code == 302) == free
    assert get_user_model().objects.count() == 1
    assert get_user_model().objects.filter(email=ADDRESS).exists() == free
