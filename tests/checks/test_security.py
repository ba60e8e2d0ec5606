"""Advice."""

from __future__ import annotations

from typing import Any

import django
import pytest
from django.core.checks import Error, Warning
from django.test import override_settings

from authkit.checks.security import mail_settings

from .found import Table, found, ids
from .people import BELOW_ACCOUNTS

TABLE: Table = [
    ({"ACCOUNT_RATE_LIMITS": False}, ["W207"]),
    ({"ACCOUNT_RATE_LIMITS": {"login": "60/m/ip"}}, []),
    (
        {"ROOT_URLCONF": BELOW_ACCOUNTS, "AUTHKIT": {"REGISTRATION_APPROVAL": True}},
        ["W206"],
    ),
    ({"AUTHKIT": {"PASSWORD_MIN_LENGTH": 14}}, ["W201"]),
    ({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, ["W209"]),
    ({"SESSION_ENGINE": "django.contrib.sessions.backends.cached_db"}, []),
    ({"AUTHKIT": {"DISABLED_ROUTES": ["password_reset"]}}, ["W208"]),
]


@pytest.mark.parametrize(("overrides", "expected"), TABLE)
def test_what_could_be_safer_has_its_id(overrides: dict[str, Any], expected: list[str]) -> None:
    assert ids(**overrides) == expected


def deployment_ids(**overrides: Any) -> list[str]:
    """The advice for a deployment, under a mail server and a cache that deserve none."""
    good: dict[str, Any] = {"CACHES": {"default": {"BACKEND": f"{CACHES}.db.DatabaseCache"}}}
    good |= mail(SMTP, timeout=5)
    return ids(deploy=True, **(good | overrides))


CACHES = "django.core.cache.backends"
BACKENDS = "django.core.mail.backends"
SMTP = f"{BACKENDS}.smtp.EmailBackend"


def mail(backend: str, timeout: int | None) -> dict[str, Any]:
    """The mail settings of this Django."""
    if django.VERSION < (6, 1):
        return {"EMAIL_BACKEND": backend, "EMAIL_TIMEOUT": timeout}
    options = {} if timeout is None else {"timeout": timeout}
    return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({}, []),
        ({"AUTHKIT": {"BASE_URL": "http://www.example.com"}}, ["W202"]),
        (mail(SMTP, None), ["W204"]),
        *(
            (mail(f"{BACKENDS}.{name}.EmailBackend", None), ["W203"])
            for name in ("console", "dummy", "filebased", "locmem")
        ),
        (
            mail(f"{BACKENDS}.dummy.EmailBackend", None)
            | {
                "AUTHKIT": {
                    "REGISTRATION_VERIFICATION": False,
                    "DISABLED_ROUTES": ["password_retrieval"],
                }
            },
            [],
        ),
        ({"CACHES": {"default": {"BACKEND": f"{CACHES}.dummy.DummyCache"}}}, ["W205"]),
        ({"CACHES": {"default": {"BACKEND": f"{CACHES}.locmem.LocMemCache"}}}, ["W205"]),
    ],
)
def test_a_deployment_gets_advice(overrides: dict[str, Any], expected: list[str]) -> None:
    assert deployment_ids(**overrides) == expected


def test_mailers_of_django_are_understood() -> None:
    with override_settings(MAILERS={"default": {"OPTIONS": {"timeout": 3}}}):
        assert mail_settings()[:2] == (SMTP, 3)
    with override_settings(MAILERS={"other": {}}):
        assert mail_settings()[:2] == (SMTP, None)


def test_advice_is_a_warning_and_a_mistake_an_error() -> None:
    messages = [
        *found(AUTHKIT={"PASSWORD_MIN_LENGTH": 8}),
        *found(AUTHKIT={"PASSWORD_MIN_LENGTH": 7}),
    ]

    assert [type(message) for message in messages] == [Warning, Error]
