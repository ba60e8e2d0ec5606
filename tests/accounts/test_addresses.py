"""The engine's table of addresses says what the user's row says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from authkit.accounts.addresses import sync_address
from authkit.models import Mail, Status
from tests.conftest import Mailbox

NEW = "new@example.com"


def rows(user: Any) -> list[tuple[str, bool, bool]]:
    """What the engine's table says of the person's addresses."""
    found = EmailAddress.objects.filter(user=user).order_by("-primary")
    return list(found.values_list("email", "primary", "verified"))


@pytest.mark.parametrize("status", Status)
def test_an_address_is_verified_unless_the_account_waits_for_that(
    status: str, make_user: Callable[..., Any]
) -> None:
    user = make_user(status=status)

    assert rows(user) == [(user.email, True, status != Status.UNVERIFIED)]


def test_a_block_keeps_an_address_unverified(make_user: Callable[..., Any]) -> None:
    user = make_user(status=Status.UNVERIFIED)
    user.block()

    assert rows(user) == [(user.email, True, False)]


def test_an_address_that_is_taken_away_is_gone(user: Any) -> None:
    user.email = None
    user.save()

    assert rows(user) == []


def test_what_is_in_step_is_left_alone(user: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert sync_address(user) is None


def test_an_address_changed_in_the_administration_is_told_to_the_old_one(
    user: Any, mailbox: Mailbox
) -> None:
    old = user.email
    user.email = NEW
    user.save()

    assert rows(user) == [(NEW, True, True)]
    assert [(message.purpose, message.address) for message in Mail.objects.all()] == [
        ("email_changed", old)
    ]
