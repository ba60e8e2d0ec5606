"""The settings of the row."""

from __future__ import annotations

from tests.swapped.base import *  # noqa: F403
from tests.swapped.base import INSTALLED_APPS as OTHERS

INSTALLED_APPS = ["tests.swapped.foreign_key", *OTHERS]
