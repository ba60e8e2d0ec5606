"""Stands where django-guardian would."""

from __future__ import annotations

from django.apps import AppConfig


class GuardianConfig(AppConfig):
    """The app under the label that its tables are named after."""

    name = "tests.swapped.guardian"
    label = "guardian"
