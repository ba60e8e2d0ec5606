"""The stage of the trail's tests as a fixture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Mailbox

from .scene import Scene


@pytest.fixture
def scene(make_user: Callable[..., Any], mailbox: Mailbox) -> Scene:
    """Somebody in a browser, and the events since."""
    return Scene(make_user, mailbox)
