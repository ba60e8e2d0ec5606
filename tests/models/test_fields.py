"""Keys are compared byte by byte, and by the look-ups that ignore case without regard to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from authkit.models import User

pytestmark = pytest.mark.django_db

LOOKUPS = [
    ("exact", "Zed.Lee", True),
    ("exact", "zed.lee", False),
    ("exact", "Zed.Lee ", False),
    ("iexact", "zed.lee", True),
    ("iexact", "ZED.LEE", True),
    ("iexact", "zed_lee", False),
    ("iexact", "zed.le%", False),
    ("iexact", "zéd.lee", False),
    ("contains", "d.L", True),
    ("icontains", "D.l", True),
    ("icontains", "d_l", False),
    ("startswith", "Zed", True),
    ("istartswith", "zED", True),
    ("iendswith", "LEE", True),
    ("iendswith", "LE", False),
    ("in", ["Zed.Lee", "x"], True),
    ("in", ["zed.lee", "x"], False),
]


@pytest.mark.parametrize(("lookup", "value", "found"), LOOKUPS)
def test_a_look_up(make_user: Callable[..., User], lookup: str, value: Any, *, found: bool) -> None:
    make_user(username="Zed.Lee")

    assert User.objects.filter(**{f"username__{lookup}": value}).exists() is found


@pytest.mark.parametrize(
    ("lookup", "value"),
    [
        ("exact", "Ann@Example.COM"),
        ("exact", " ann@example.com "),
        ("iexact", "Ann@Example.COM"),
        ("in", ["ANN@example.com"]),
        ("icontains", "N@E"),
        ("istartswith", "ANN"),
    ],
)
def test_an_address_is_looked_up_in_lower_case(
    make_user: Callable[..., User], lookup: str, value: Any
) -> None:
    make_user(email="Ann@example.com")

    assert User.objects.filter(**{f"email__{lookup}": value}).exists()


def test_columns_are_compared_without_case(make_user: Callable[..., User]) -> None:
    make_user(username="Zed", first_name="zED", last_name="ze")

    assert User.objects.filter(username__iexact="zed").exists()
    assert User.objects.filter(first_name__istartswith="zed").exists()
