"""AUTHKIT is typed, never raises, changes live, and is what django-allauth reads."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest
from allauth.account import app_settings
from allauth.account.app_settings import EmailVerificationMethod
from django.test import override_settings

from authkit.accounts.adapter import AuthkitAccountAdapter
from authkit.conf import (
    ALLAUTH_SETTINGS,
    KNOWN,
    SHAPES,
    Conf,
    allauth_setting,
    get_conf,
    has_username,
    site_name,
)

DEFAULTS = Conf()


@pytest.mark.parametrize("name", KNOWN)
def test_every_default_is_a_value_that_could_be_set(name: str) -> None:
    default = getattr(DEFAULTS, name)
    with override_settings(AUTHKIT={name: default}):
        assert getattr(get_conf(), name) == default


@pytest.mark.parametrize("name", KNOWN)
def test_every_key_has_a_type_that_is_checked(name: str) -> None:
    assert str(KNOWN[name].type).split("[")[0] in SHAPES


def test_no_setting_means_the_defaults(settings: Any) -> None:
    settings.AUTHKIT = {}

    assert get_conf() == DEFAULTS


def test_the_conf_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        get_conf().LOG_EVENTS = False  # type: ignore[misc]


@pytest.mark.parametrize("value", [None, 5, "login", [("LOG_EVENTS", False)]])
def test_what_is_no_dictionary_means_the_defaults(value: object) -> None:
    with override_settings(AUTHKIT=value):
        assert get_conf() == DEFAULTS


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BASE_URL", None),
        ("BASE_URL", "http://[::1"),
        ("BASE_URL", "www.example.com"),
        ("LOG_EVENTS", "yes"),
        ("LOGIN_METHODS", "email"),
        ("LOGIN_METHODS", []),
        ("LOGIN_METHODS", ["phone"]),
        ("LOGIN_METHODS", [["email"]]),
        ("PASSWORD_MIN_LENGTH", "20"),
        ("PASSWORD_MIN_LENGTH", True),
        ("PASSWORD_MIN_LENGTH", 3),
        ("SESSION_EXPIRATION", 0),
        ("SESSION_EXPIRATION", 12.5),
        ("DISABLED_ROUTES", ["profile", None]),
        ("ROUTES_PATHS", {"login": 5}),
        ("ROUTES_PATHS", {"login": "/<sign>"}),
        ("EXTRA_ROUTES", {"a b": "people.views.card"}),
        ("CALLBACKS", {"after_login": 5}),
        ("MESSAGES", {"logged_out": b"Bye"}),
    ],
)
def test_a_value_that_cannot_be_used_means_the_default(key: str, value: object) -> None:
    with override_settings(AUTHKIT={key: value, "SITE_NAME": "Post"}):
        conf = get_conf()

    assert (getattr(conf, key), conf.SITE_NAME) == (getattr(DEFAULTS, key), "Post")


def test_an_unknown_key_is_passed_over() -> None:
    with override_settings(AUTHKIT={"LOG_EVENT": False, 5: 5}):
        assert get_conf() == DEFAULTS


@pytest.mark.parametrize("value", [["email"], ("email",), {"email"}, frozenset({"email"})])
def test_any_collection_of_strings_will_do(value: Any) -> None:
    with override_settings(AUTHKIT={"LOGIN_METHODS": value}):
        assert list(get_conf().LOGIN_METHODS) == ["email"]


def test_the_settings_are_live() -> None:
    seen = [get_conf().SITE_NAME]
    with override_settings(AUTHKIT={"SITE_NAME": "One"}):
        seen.append(get_conf().SITE_NAME)
        with override_settings(AUTHKIT={"SITE_NAME": "Two"}):
            seen.append(get_conf().SITE_NAME)
        seen.append(get_conf().SITE_NAME)
    seen.append(get_conf().SITE_NAME)

    assert seen == ["", "One", "Two", "One", ""]


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ({"BASE_URL": "https://example.com:8443/x"}, "example.com:8443"),
        ({"BASE_URL": "https://example.com", "SITE_NAME": "The Post"}, "The Post"),
        ({}, ""),
    ],
)
def test_the_site_is_called_by_its_name_or_its_host(keys: dict[str, str], name: str) -> None:
    with override_settings(AUTHKIT=keys):
        assert site_name() == name


@pytest.mark.parametrize(
    ("model", "expected"),
    [("authkit.User", True), ("auth.Group", False), ("nowhere.User", False)],
)
def test_a_user_model_has_a_user_name_or_not(model: str, expected: object) -> None:
    with override_settings(AUTH_USER_MODEL=model):
        assert has_username() is expected


# What django-allauth is told.


@pytest.mark.parametrize(
    ("keys", "name", "expected"),
    [
        ({}, "LOGIN_METHODS", {"email"}),
        ({"LOGIN_METHODS": ["username"]}, "LOGIN_METHODS", {"username"}),
        ({}, "EMAIL_VERIFICATION", EmailVerificationMethod.MANDATORY),
        ({"REGISTRATION_VERIFICATION": False}, "EMAIL_VERIFICATION", EmailVerificationMethod.NONE),
        ({}, "SESSION_REMEMBER", None),
        ({"REMEMBER_OPTION": False}, "SESSION_REMEMBER", False),
        ({}, "USER_MODEL_USERNAME_FIELD", "username"),
        ({}, "UNIQUE_EMAIL", True),
        ({}, "PREVENT_ENUMERATION", True),
        ({}, "LOGOUT_ON_GET", False),
    ],
)
def test_allauth_reads_authkit(keys: dict[str, Any], name: str, expected: object) -> None:
    with override_settings(AUTHKIT=keys):
        assert getattr(app_settings, name) == expected


@pytest.mark.parametrize(
    ("methods", "fields"),
    [
        (["email"], {"email", "password1"}),
        (["username", "email"], {"email", "username", "password1"}),
    ],
)
def test_allauth_asks_for_what_one_logs_in_with(methods: list[str], fields: set[str]) -> None:
    with override_settings(AUTHKIT={"LOGIN_METHODS": methods}):
        assert set(app_settings.SIGNUP_FIELDS) == fields


def test_a_form_of_the_project_is_passed_on() -> None:
    forms = {"login": "people.forms.Login", "reauthentication": "people.forms.Again", "profile": ""}
    with override_settings(AUTHKIT={"FORMS": forms}):
        assert app_settings.FORMS == {
            "login": "people.forms.Login",
            "reauthenticate": "people.forms.Again",
        }


def test_the_project_s_own_setting_wins() -> None:
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=5):
        assert app_settings.REAUTHENTICATION_TIMEOUT == 5
    assert app_settings.REAUTHENTICATION_TIMEOUT == 15 * 60


def test_an_explicit_none_is_a_setting_too() -> None:
    with override_settings(ACCOUNT_LOGIN_METHODS=None):
        assert allauth_setting("ACCOUNT_LOGIN_METHODS", {"username"}) is None


def test_what_authkit_does_not_decide_is_left_to_allauth() -> None:
    assert allauth_setting("ACCOUNT_LOGIN_TIMEOUT", 900) == 900


@pytest.mark.parametrize("name", ALLAUTH_SETTINGS)
def test_every_setting_that_is_answered_exists_in_allauth(name: str) -> None:
    assert hasattr(app_settings, name.removeprefix("ACCOUNT_"))


def test_allauth_uses_our_adapter() -> None:
    from allauth.account.adapter import get_adapter

    assert isinstance(get_adapter(), AuthkitAccountAdapter)


def test_the_keys_are_the_fields() -> None:
    assert list(KNOWN) == [field.name for field in fields(Conf)]
