"""The settings of the row."""

from __future__ import annotations

from tests.swapped.base import *  # noqa: F403
from tests.swapped.base import INSTALLED_APPS as OTHERS

INSTALLED_APPS = [*OTHERS, "tests.swapped.user_group"]
AUTH_USER_MODEL = "people.Person"
AUTHKIT_GROUP_MODEL = "people.Team"
AUTHKIT = {"BASE_URL": "https://accounts.example.com", "MAIL_THREAD": False}
