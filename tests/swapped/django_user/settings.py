"""The settings of the row."""

from __future__ import annotations

from tests.swapped.base import *  # noqa: F403

# The tables of django-guardian, with its columns.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.swapped.guardian"]  # noqa: F405
AUTH_USER_MODEL = "auth.User"
ROOT_URLCONF = "tests.swapped.django_user.urls"
LOGIN_URL = LOGIN_REDIRECT_URL = "/"
AUTHKIT = {"BASE_URL": "https://accounts.example.com", "MAIL_THREAD": False}
