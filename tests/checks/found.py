"""Ask the checks what they find under other settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, run_checks
from django.test import override_settings

from authkit.checks import TAG

BASE_URL = "https://accounts.example.com"
# Settings, and the ids that they give.
Table = list[tuple[dict[str, Any], list[str]]]


def found(*, deploy: bool = False, **overrides: Any) -> list[CheckMessage]:
    """What the checks say under *overrides*; those of AUTHKIT stand beside a BASE_URL."""
    if isinstance(overrides.get("AUTHKIT"), dict):
        overrides["AUTHKIT"] = {"BASE_URL": BASE_URL, **overrides["AUTHKIT"]}
    with override_settings(**overrides):
        return run_checks(tags=[TAG], include_deployment_checks=deploy)


def ids(**overrides: Any) -> list[str]:
    return sorted(str(message.id).removeprefix("authkit.") for message in found(**overrides))


def without(name: str, *values: str) -> dict[str, list[str]]:
    return {name: [value for value in getattr(django_settings, name) if value not in values]}
