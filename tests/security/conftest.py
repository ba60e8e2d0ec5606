"""Fixtures of the attacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.conftest import Mailbox

from .links import ISSUERS, Link
from .pages import LINKS, OUTSIDE, path


class Clock:
    """The time that programs are told; it stands still."""

    def __init__(self) -> None:
        self.now = float(int(time.time()))

    def tick(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Signatures, claims and limits live by this clock."""
    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


@pytest.fixture
def issue(make_user: Callable[..., Any], mailbox: Mailbox) -> Callable[[str], Link]:
    """A function that has a link for a purpose mailed, and opens the mail."""

    def issue(purpose: str) -> Link:
        mailbox.clear()
        return ISSUERS[purpose](make_user, mailbox)

    return issue


@pytest.fixture
def ready(
    make_user: Callable[..., Any], issue: Callable[[str], Link]
) -> Callable[..., tuple[Client, str]]:
    """A function that gives a client for whom a page's form would work, and the page's path."""

    def make(name: str, **environ: Any) -> tuple[Client, str]:
        if name in LINKS:
            link = issue(LINKS[name])
            client = link.browser(**environ)
            return client, client.get(link.path, secure=environ.get("secure", False)).url
        client = Client(**environ)
        user = make_user(username="user1", email="user1@example.com")
        if name not in OUTSIDE:
            # Not by the page: the client is one that checks CSRF.
            client.force_login(user)
        return client, path(name)

    return make


@pytest.fixture
def holder(make_user: Callable[..., Any]) -> Callable[[str], Any]:
    """A function that makes an account of a kind; None for the ghost."""

    def make(kind: str) -> Any:
        if kind == "ghost":
            return None
        if kind == "unusable":
            return make_user(password=None)
        user = make_user(status="active" if kind == "blocked" else kind)
        if kind == "blocked":
            user.block()
        return user

    return make
