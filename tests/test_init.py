"""The public names."""

from __future__ import annotations

import pytest

import authkit


def test_the_public_names_are_those_that_are_listed() -> None:
    assert {name for name in authkit.__all__ if getattr(authkit, name) is None} == set()
    assert set(authkit.__all__) == {"__version__", *authkit._PLACES}
    with pytest.raises(AttributeError, match="require"):
        authkit.require  # noqa: B018
