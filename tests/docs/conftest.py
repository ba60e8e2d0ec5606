"""What the examples of the documentation stand on."""

from __future__ import annotations

import sys

import pytest

import tests.blog.models


@pytest.fixture(autouse=True)
def _blog(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app that the pages call ``blog``, under that name."""
    monkeypatch.setitem(sys.modules, "blog", tests.blog)
    monkeypatch.setitem(sys.modules, "blog.models", tests.blog.models)
