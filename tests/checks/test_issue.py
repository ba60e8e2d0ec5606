"""What checks say, and that they never fail to."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from authkit.checks.issue import issue
from authkit.conf import KNOWN

from .found import found, without
from .people import two


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="E001 is taken"):
        issue("E001", "Something else.", "Way out.")


@pytest.mark.parametrize(
    ("overrides", "line"),
    [
        ({"AUTHKIT": {"BASE_URL": ""}}, 'AUTHKIT = {"BASE_URL": "https://www.example.com"}'),
        (without("INSTALLED_APPS", "allauth.mfa"), '"allauth.mfa",'),
        ({"AUTHKIT": {"LOGINMETHODS": ["email"]}}, "Did you mean 'LOGIN_METHODS'?"),
        ({"AUTHKIT": {"login_methods": ["email"]}}, "Did you mean 'LOGIN_METHODS'?"),
        ({"AUTHKIT": {"DISABLED_ROUTES": ["profil"]}}, "Did you mean 'profile'?"),
        ({"AUTHKIT": {"DISABLED_ROUTES": ["zzz"]}}, "There are: account_deletion, email_change, "),
        ({"AUTHKIT": {"ROUTES_PATHS": {"login": "/sign in"}}}, "'signin/'"),
        ({"AUTHKIT": {"ROUTES_PATHS": {"login": ""}}}, "'another/path/'"),
        ({"AUTHKIT": {"FORMS": {"login": forms.Form}}}, "authkit.accounts.forms.LoginForm."),
        ({"AUTHKIT": {"CALLBACKS": {"after_logout": two}}}, "two(request)"),
        ({"AUTHKIT": {"CALLBACKS": {"after_login": "no.where"}}}, "No module named 'no'"),
        ({"ACCOUNT_LOGIN_METHODS": {"email"}}, "and set AUTHKIT['LOGIN_METHODS']."),
    ],
)
def test_a_hint_shows_the_way_out(overrides: dict[str, Any], line: str) -> None:
    (message,) = found(**overrides)

    assert line in str(message.hint)


JUNK: list[Any] = [None, 5, -1.5, "", "x", b"x", [], [None], [[]], {}, {None: None}, {"x": {}}, ()]
READ = [
    "ACCOUNT_ADAPTER",
    "ACCOUNT_LOGIN_METHODS",
    "ACCOUNT_PREVENT_ENUMERATION",
    "ACCOUNT_RATE_LIMITS",
    "ALLAUTH_SETTING_GETTER",
    "AUTHENTICATION_BACKENDS",
    "AUTHKIT",
    "AUTHKIT_EVENT_MODEL",
    "AUTHKIT_GROUP_MODEL",
    "AUTH_PASSWORD_VALIDATORS",
    "LOGIN_REDIRECT_URL",
    "LOGIN_URL",
    "MIDDLEWARE",
    "PASSWORD_HASHERS",
    "TEMPLATES",
]


@pytest.mark.parametrize("key", KNOWN)
def test_no_value_of_a_key_breaks_a_check(key: str) -> None:
    for value in JUNK:
        found(AUTHKIT={key: value}, deploy=True)


@pytest.mark.parametrize("name", READ)
def test_no_setting_breaks_a_check(name: str) -> None:
    for value in JUNK:
        found(deploy=True, **{name: value})
