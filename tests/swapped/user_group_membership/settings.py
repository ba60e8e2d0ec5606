"""The settings of the row."""

from __future__ import annotations

from tests.swapped.base import *  # noqa: F403
from tests.swapped.base import INSTALLED_APPS as OTHERS

INSTALLED_APPS = ["tests.swapped.user_group_membership", *OTHERS]
AUTH_USER_MODEL = "people.Person"
AUTHKIT_GROUP_MODEL = "people.Team"
AUTHKIT_MEMBERSHIP_MODEL = "people.Seat"
