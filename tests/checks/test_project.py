"""The lines that a project needs besides AUTHKIT."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import get_script_prefix, set_script_prefix

from authkit.apps import REQUIRED_APPS

from .found import Table, found, ids, without
from .people import ALLAUTHS_URLS, BELOW_ACCOUNTS, HERE, IN_A_NAMESPACE, NO_URLS

TABLE: Table = [
    *(
        (without("INSTALLED_APPS", app), ["E030"])
        for app in ("django.contrib.humanize", "django.contrib.staticfiles", "allauth.mfa")
    ),
    (without("INSTALLED_APPS", "django.contrib.humanize", "allauth.mfa"), ["E030", "E030"]),
    ({"INSTALLED_APPS": [*REQUIRED_APPS[1:], "authkit"]}, ["E031"]),
    ({"INSTALLED_APPS": ["tests", *REQUIRED_APPS]}, []),
    (without("MIDDLEWARE", "authkit.middleware.AuthkitMiddleware"), ["E032"]),
    (without("MIDDLEWARE", "allauth.account.middleware.AccountMiddleware"), ["E032"]),
    (
        {
            "MIDDLEWARE": [
                "authkit.middleware.AuthkitMiddleware",
                *without("MIDDLEWARE", "authkit.middleware.AuthkitMiddleware")["MIDDLEWARE"],
            ]
        },
        ["E033"],
    ),
    (
        without("MIDDLEWARE", "django.contrib.auth.middleware.AuthenticationMiddleware"),
        ["E033"],
    ),
    (
        {
            "MIDDLEWARE": [
                *without("MIDDLEWARE", "authkit.middleware.AuthkitMiddleware")["MIDDLEWARE"],
                f"{HERE}.Middleware",
            ]
        },
        [],
    ),
    ({"MIDDLEWARE": None}, ["E032", "E032"]),
    ({"AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"]}, ["E034"]),
    ({"AUTHENTICATION_BACKENDS": ["nowhere.at_all"]}, ["E034"]),
    ({"AUTHENTICATION_BACKENDS": [f"{HERE}.Backend"]}, []),
    ({"PASSWORD_HASHERS": ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]}, ["E035"]),
    ({"PASSWORD_HASHERS": []}, ["E035"]),
    ({"PASSWORD_HASHERS": ["nowhere.at_all"]}, ["E035"]),
    ({"PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"]}, []),
    ({"AUTH_PASSWORD_VALIDATORS": []}, ["E036"]),
    ({"AUTH_PASSWORD_VALIDATORS": [{}, "authkit.validators.PasswordPolicy"]}, ["E036"]),
    ({"AUTH_PASSWORD_VALIDATORS": [{"NAME": f"{HERE}.Policy"}]}, []),
    ({"LOGIN_URL": "/accounts/login/"}, ["E037"]),
    ({"LOGIN_URL": "login"}, ["E037"]),
    ({"LOGIN_URL": None}, ["E037"]),
    ({"LOGIN_URL": "/login-of-another-server/"}, []),
    ({"LOGIN_REDIRECT_URL": "/accounts/profile/"}, ["E037"]),
    ({"LOGIN_URL": "/accounts/login/", "ROOT_URLCONF": BELOW_ACCOUNTS}, []),
    ({"ROOT_URLCONF": NO_URLS}, ["E038"]),
    ({"ROOT_URLCONF": ALLAUTHS_URLS}, ["E038"]),
    ({"ROOT_URLCONF": IN_A_NAMESPACE}, ["E038"]),
    ({"ROOT_URLCONF": "nowhere.at_all"}, []),  # Django's own check says so
    ({"TEMPLATES": []}, ["E039", "E039", "E039", "E040"]),
    ({"TEMPLATES": None}, ["E039", "E039", "E039", "E040"]),
    ({"TEMPLATES": [{**django_settings.TEMPLATES[0], "APP_DIRS": False}]}, ["E040"]),
    (
        {
            "TEMPLATES": [
                {
                    **django_settings.TEMPLATES[0],
                    "OPTIONS": {
                        "context_processors": ["django.template.context_processors.request"]
                    },
                }
            ]
        },
        ["E039", "E039"],
    ),
]


@pytest.mark.parametrize(("overrides", "expected"), TABLE)
def test_a_forgotten_line_has_its_id(overrides: dict[str, Any], expected: list[str]) -> None:
    assert ids(**overrides) == expected


def test_the_settings_of_the_tests_have_no_issue() -> None:
    assert found() == []


def test_a_project_below_a_prefix_finds_its_own_pages() -> None:
    before = get_script_prefix()
    set_script_prefix("/below/")
    try:
        assert ids(LOGIN_URL="/below/accounts/login/", ROOT_URLCONF=BELOW_ACCOUNTS) == []
    finally:
        set_script_prefix(before)
