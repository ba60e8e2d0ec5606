"""The keys that make a person unique, and what a user name may be."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from authkit.models.identity import clean_email, email_key, fold, username_key, validate_username


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zed", "zED"),
        ("é", unicodedata.normalize("NFD", "É")),
        ("straße", "STRASSE"),
        ("ﬁle", "FILE"),
        ("ｚｅｄ", "Zed"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("K", "k"),
        ("ſ", "s"),
        (" zed ", "zed"),
    ],
)
def test_variants_have_one_key(one: str, other: str) -> None:
    assert username_key(one) == username_key(other)
    assert email_key(f"{one.strip()}@x.org") == email_key(f"{other.strip()}@X.ORG")


@pytest.mark.parametrize(
    ("one", "other"), [("zed", "zéd"), ("mike", "mıke"), ("mike", "MİKE"), ("a", "а"), ("o", "0")]
)
def test_others_have_two(one: str, other: str) -> None:
    assert username_key(one) != username_key(other)
    assert email_key(one) != email_key(other)


def test_folding_twice_changes_nothing() -> None:
    once = [fold(chr(code)) for code in range(0x110000)]
    assert [text for text in once if fold(text) != text] == []


def test_an_address_keeps_its_letters() -> None:
    assert clean_email(" Ann@Straße.Example ") == "ann@straße.example"


ASCII = ["zed", "Z", "zed.lee", "z_e+d-1", "0", "a" * 150]
UNICODE = ["zoë", "Ζευς", "иван", "田中ひろし", "김철수", "محمد", "straße", "a1", "٣ث"]
NEVER = ["", " ", "a b", "a@b", ".a", "-a", "+a", "a/b", "a\n", "a\x00", "a\u200bb", "a" * 151]
MIXED = ["pаypal", "Ζeus", "иvan", "田中a", "ㄱあ"]


@pytest.mark.parametrize(
    ("unicode", "name", "code"),
    [
        *[(unicode, name, None) for name in ASCII for unicode in (False, True)],
        *[(False, name, "username_invalid") for name in UNICODE if not name.isascii()],
        *[(True, name, None) for name in UNICODE],
        *[(unicode, name, "username_invalid") for name in NEVER[:-1] for unicode in (False, True)],
        *[(unicode, NEVER[-1], "max_length") for unicode in (False, True)],
        *[(True, name, "username_mixed") for name in MIXED],
        (True, "ß" * 76, "max_length"),
        (True, "ß" * 75, None),
        (True, "ｚｅｄ", None),
        (True, "ﷺ", "username_invalid"),
    ],
    ids=ascii,
)
def test_a_user_name_is(settings: Any, *, unicode: bool, name: str, code: str | None) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "UNICODE_USERNAMES": unicode}
    if code is None:
        validate_username(name)
        return
    with pytest.raises(ValidationError) as error:
        validate_username(name)
    assert error.value.code == code
