"""The settings of django-allauth."""

from __future__ import annotations

from typing import Any

import pytest

from .found import Table, ids
from .people import HERE, broken_getter, foreign_getter, getter

TABLE: Table = [
    ({"ALLAUTH_SETTING_GETTER": None}, ["E050"]),
    ({"ALLAUTH_SETTING_GETTER": "nowhere.at_all"}, ["E050"]),
    ({"ALLAUTH_SETTING_GETTER": getter}, []),
    ({"ALLAUTH_SETTING_GETTER": foreign_getter}, ["E051"]),
    ({"ALLAUTH_SETTING_GETTER": broken_getter}, ["E051"]),
    ({"ACCOUNT_ADAPTER": "allauth.account.adapter.DefaultAccountAdapter"}, ["E051"]),
    ({"ACCOUNT_ADAPTER": f"{HERE}.Adapter"}, []),
    ({"ACCOUNT_PREVENT_ENUMERATION": "strict"}, ["E052"]),
    ({"ACCOUNT_LOGIN_METHODS": {"email"}}, ["E053"]),
    ({"ACCOUNT_LOGIN_METHODS": {"username", "email"}}, []),
    ({"ACCOUNT_EMAIL_VERIFICATION": "none"}, ["E053"]),
    ({"ACCOUNT_UNIQUE_EMAIL": False}, ["E053"]),
    ({"ACCOUNT_LOGOUT_ON_GET": True}, ["E053"]),
    ({"ACCOUNT_FORMS": {"login": "allauth.account.forms.LoginForm"}}, ["E053"]),
]


@pytest.mark.parametrize(("overrides", "expected"), TABLE)
def test_a_contradiction_has_its_id(overrides: dict[str, Any], expected: list[str]) -> None:
    assert ids(**overrides) == expected
