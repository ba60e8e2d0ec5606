"""Routes that are turned off, moved and added."""

from __future__ import annotations

from typing import Any

import pytest

from .found import Table, ids
from .people import HERE, AsyncView, view

TABLE: Table = [
    ({"DISABLED_ROUTES": ["profil"]}, ["E011"]),
    ({"DISABLED_ROUTES": ["profile", "registration"]}, []),
    ({"DISABLED_ROUTES": ["password_reset"]}, ["W208"]),
    ({"DISABLED_ROUTES": ["password_reset", "password_retrieval"]}, []),
    ({"DISABLED_ROUTES": ["login"]}, ["E012"]),
    ({"DISABLED_ROUTES": ["card"], "EXTRA_ROUTES": {"card": view}}, []),
    ({"ROUTES_PATHS": {"signin": "signin/"}}, ["E013"]),
    ({"ROUTES_PATHS": {"login": "signin"}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": "/signin/"}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": ""}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": "<str:name>/"}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": "sign<in/"}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": "sign in/"}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": "sign//in/"}}, ["E014"]),
    ({"ROUTES_PATHS": {"login": "einloggen/", "logout": "über/aus/"}}, []),
    ({"ROUTES_PATHS": {"profile": "login/"}}, ["E015"]),
    ({"ROUTES_PATHS": {"sessions": "email_verification/mine/"}}, ["E015"]),
    ({"ROUTES_PATHS": {"login": "logout/", "logout": "login/"}}, []),
    ({"EXTRA_ROUTES": {"card": view}, "ROUTES_PATHS": {"card": "login/"}}, ["E015"]),
    ({"EXTRA_ROUTES": {"card": view}, "ROUTES_PATHS": {"card": "my/card/"}}, []),
    ({"EXTRA_ROUTES": {"my card": view}}, ["E014"]),
    ({"EXTRA_ROUTES": {"login": view}}, ["E016"]),
    ({"EXTRA_ROUTES": {"signup": view}}, ["E016"]),
    ({"EXTRA_ROUTES": {"card": f"{HERE}.nothing"}}, ["E017"]),
    ({"EXTRA_ROUTES": {"card": f"{HERE}.NOT_A_FUNCTION"}}, ["E018"]),
    ({"EXTRA_ROUTES": {"card": f"{HERE}.ClassView"}}, []),
    ({"EXTRA_ROUTES": {"card": AsyncView}}, []),
]


@pytest.mark.parametrize(("keys", "expected"), TABLE)
def test_a_mistake_about_routes_has_its_id(keys: dict[str, Any], expected: list[str]) -> None:
    assert ids(AUTHKIT=keys) == expected
