"""What the resolver says of questions about what is not there."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from authkit import auth
from tests.authz.scene import cost

pytestmark = pytest.mark.django_db


def test_a_developer_is_warned_of_a_group_that_is_not_there(
    user: Any, group: Any, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.DEBUG = True
    auth.has_membership("wirters", user=user)
    auth.has_permission("write", group="wirters")
    auth.has_membership("writers", user=user)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, "There is no group 'wirters'.")
    ] * 2


def test_in_production_nobody_looks_for_what_is_not_there(
    user: Any, group: Any, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("authkit.authz").setLevel(logging.INFO)
    try:
        assert cost(lambda: auth.has_membership("wirters", user=user)) == 1
        assert cost(lambda: auth.has_permission("wirte", user=user)) == 1
    finally:
        logging.getLogger("authkit.authz").setLevel(logging.NOTSET)
    assert not caplog.records
