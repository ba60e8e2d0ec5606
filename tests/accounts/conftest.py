"""Fixtures of the registration's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """A function that sets what a registration has to go through."""

    def set_(*, verification: bool = True, approval: bool = False) -> None:
        settings.AUTHKIT = {
            **settings.AUTHKIT,
            "REGISTRATION_VERIFICATION": verification,
            "REGISTRATION_APPROVAL": approval,
        }

    return set_


@pytest.fixture
def root(make_user: Callable[..., Any]) -> Any:
    """An administrator."""
    return make_user(email="root@example.com", username="root", is_superuser=True, is_staff=True)
