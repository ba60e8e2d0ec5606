"""Models of the project, and what its forms may write."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from .found import Table, ids
from .people import NO_URLS

TABLE: Table = [
    ({"AUTHKIT_MEMBERSHIP_MODEL": "people.Membership"}, ["E101"]),
    (
        {
            "AUTHKIT_MEMBERSHIP_MODEL": "people.Membership",
            "AUTHKIT_GROUP_MODEL": "people.Group",
        },
        ["E101"],
    ),
    ({"AUTHKIT_PERMISSION_MODEL": "people.Permission"}, ["E101"]),
    ({"AUTHKIT_EVENT_MODEL": "people.Event"}, ["E101"]),
    ({"AUTHKIT_GROUP_MODEL": "people.Group"}, []),
    ({"AUTHKIT_GROUP_MODEL": "auth.Group"}, ["E106"]),
    ({"AUTH_USER_MODEL": "auth.User"}, ["E102"]),
    ({"AUTH_USER_MODEL": "auth.User", "ROOT_URLCONF": NO_URLS}, ["E037"]),
    ({"AUTH_USER_MODEL": "auth.User", "AUTHKIT": {"REGISTRATION_APPROVAL": True}}, ["E102"]),
    ({"AUTH_USER_MODEL": "auth.Group", "AUTHKIT": {"LOGIN_METHODS": ["email"]}}, ["E102"]),
    ({"AUTH_USER_MODEL": "auth.Group"}, ["E007", "E102"]),
    ({"AUTH_USER_MODEL": "nowhere.User"}, ["E007", "E102"]),
]


@pytest.mark.parametrize(("overrides", "expected"), TABLE)
def test_an_unfit_model_has_its_id(overrides: dict[str, Any], expected: list[str]) -> None:
    assert ids(**overrides) == expected


@pytest.mark.parametrize("attribute", ["form_registration_rw", "form_profile_rw"])
@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ({"first_name": True, "last_name": (True, False)}, []),
        ({"first_nam": True}, ["E103"]),
        ({"first_nam": False}, ["E103"]),
        ({"auth_memberships": True}, ["E103"]),
        ({"is_staff": True}, ["E104"]),
        ({"email": (True, False)}, ["E104"]),
        ({"id": True}, ["E104"]),
        ({"groups": (True, True)}, ["E104"]),
        ({"is_staff": False, "email": (False, False)}, []),
        ({"first_name": "rw"}, ["E105"]),
        ({"first_name": (True,)}, ["E105"]),
        ({"first_name": None}, ["E105"]),
        (["first_name"], ["E105"]),
    ],
)
def test_forms_open_fields_of_the_user_model_only(
    monkeypatch: pytest.MonkeyPatch, attribute: str, declared: Any, expected: list[str]
) -> None:
    monkeypatch.setattr(get_user_model(), attribute, declared)

    assert ids() == expected
