"""The password policy: long enough, not known, not the person's own data, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError

from authkit.validators import MAX_LENGTH, PasswordPolicy
from tests.conftest import PASSWORD

GOOD = [
    PASSWORD,
    "x" * 14 + "y",
    "alllowercaseletters",
    "   spaces all around   ",
    "пароль из четырёх слов",
    "🔑" * 15,
    "\t\ttabs and\nnew lines\t\t",
    "ab" * (MAX_LENGTH // 2),
]
BAD = {
    "password_too_short": ["", "fourteen chars", "é" * 14, "🔑" * 14],
    "password_too_long": ["x" * (MAX_LENGTH + 1), "🔑" * 5000],
    "password_too_common": ["1234567890qwertyuiop", "MANCHESTERUNITED"],
    "password_too_similar": ["ada.lovelace@ex", "ada.lovelace@example.com", "augusta-lovelace"],
}


def codes(password: str, user: Any = None) -> list[str | None]:
    try:
        PasswordPolicy().validate(password, user)
    except ValidationError as error:
        return [one.code for one in error.error_list]
    return []


def ada() -> Any:
    return get_user_model()(
        email="ada.lovelace@example.com", first_name="Augusta", last_name="augusta-lovelace"
    )


@pytest.mark.parametrize("password", GOOD)
def test_a_long_unknown_password_is_good_whatever_it_is_made_of(password: str) -> None:
    assert codes(password, ada()) == []


@pytest.mark.parametrize(("code", "password"), [(c, p) for c in BAD for p in BAD[c]])
def test_a_bad_password_is_refused_by_its_rule(code: str, password: str) -> None:
    assert codes(password, ada()) == [code]


def test_every_broken_rule_is_named() -> None:
    assert codes("manchester", ada()) == ["password_too_short", "password_too_common"]


def test_the_length_is_a_setting(settings: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"PASSWORD_MIN_LENGTH": 20}

    assert codes("nineteen characters") == ["password_too_short"]
    assert codes("twenty characters ok") == []
    assert PasswordPolicy().get_help_text().startswith("At least 20 characters")


def test_the_policy_is_the_project_s_validator() -> None:
    with pytest.raises(ValidationError, match="Use at least 15 characters."):
        password_validation.validate_password("fourteen chars")
    assert password_validation.password_validators_help_texts() == [
        PasswordPolicy().get_help_text()
    ]


def test_a_megabyte_is_refused_at_once() -> None:
    assert codes("x" * 1_000_000, ada()) == ["password_too_long"]
