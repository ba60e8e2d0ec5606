"""The keys of AUTHKIT and their values."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from .found import Table, ids

TABLE: Table = [
    ({"BASE_URL": ""}, ["E004"]),
    ({"BASE_URL": 5}, ["E003"]),
    ({"BASE_URL": "www.example.com"}, ["E005"]),
    ({"BASE_URL": "/auth/"}, ["E005"]),
    ({"BASE_URL": "ftp://example.com"}, ["E005"]),
    ({"BASE_URL": "https://"}, ["E005"]),
    ({"BASE_URL": "https://example.com/?next=/"}, ["E005"]),
    ({"BASE_URL": "https://example.com/#top"}, ["E005"]),
    ({"BASE_URL": "https://me:secret@example.com"}, ["E005"]),
    ({"BASE_URL": "https://[::1"}, ["E005"]),
    ({"BASE_URL": "https://example.com:port"}, ["E005"]),
    ({"BASE_URL": "http://[::1]:8000/below/"}, []),
    ({"LOGIN_METHOD": ["email"]}, ["E002"]),
    ({5: "five"}, ["E002"]),
    ({"PASSWORD_MIN_LENGTH": "15"}, ["E003"]),
    ({"PASSWORD_MIN_LENGTH": True}, ["E003"]),
    ({"LOG_EVENTS": 1}, ["E003"]),
    ({"DISABLED_ROUTES": "profile"}, ["E003"]),
    ({"DISABLED_ROUTES": [5]}, ["E003"]),
    ({"LOGIN_METHODS": [["email"]]}, ["E003"]),
    ({"ROUTES_PATHS": {"login": None}}, ["E003"]),
    ({"ROUTES_PATHS": [("login", "signin/")]}, ["E003"]),
    ({"MESSAGES": {"logged_out": 5}}, ["E003"]),
    ({"MESSAGES": {5: "five"}}, ["E003"]),
    ({"CALLBACKS": {"after_login": 5}}, ["E003"]),
    ({"LOGIN_METHODS": []}, ["E006"]),
    ({"LOGIN_METHODS": ["mail"]}, ["E006"]),
    ({"LOGIN_METHODS": ["email", "phone"]}, ["E006"]),
    ({"LOGIN_METHODS": ("username",)}, []),
    ({"PASSWORD_MIN_LENGTH": 7}, ["E008"]),
    ({"PASSWORD_MIN_LENGTH": -1}, ["E008"]),
    ({"PASSWORD_MIN_LENGTH": 8}, ["W201"]),
    ({"PASSWORD_MIN_LENGTH": 14}, ["W201"]),
    ({"PASSWORD_MIN_LENGTH": 15}, []),
    ({"SESSION_EXPIRATION": 0}, ["E009"]),
    ({"SESSION_LONG_EXPIRATION": -5}, ["E009"]),
    ({"UNVERIFIED_EXPIRATION": 0}, ["E009"]),
    ({"SESSION_EXPIRATION": 600, "SESSION_LONG_EXPIRATION": 300}, ["E010"]),
    ({"SESSION_EXPIRATION": 600, "SESSION_LONG_EXPIRATION": 600}, []),
    ({"REGISTRATION_APPROVAL": True}, []),
]


@pytest.mark.parametrize(("keys", "expected"), TABLE)
def test_a_mistake_in_a_value_has_its_id(keys: dict[str, Any], expected: list[str]) -> None:
    assert ids(AUTHKIT=keys) == expected


@pytest.mark.parametrize("value", [None, "login", ["BASE_URL"], 5, {"BASE_URL"}])
def test_authkit_is_a_dictionary(value: object) -> None:
    assert ids(AUTHKIT=value) == ["E001"]


@override_settings(AUTHKIT={})
def test_an_empty_authkit_misses_its_base_url() -> None:
    assert ids() == ["E004"]
