"""Fixtures that the whole suite shares, and its rule that nothing is skipped unseen."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client
from django.utils import translation

from tests.smtp import SmtpServer

PASSWORD = "correct horse battery staple"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("CI") == "true",
        help="fail when a test was skipped (always so where CI=true)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what only another database can show."""
    vendor = django_settings.VENDOR
    foreign = [
        item for item in items for mark in item.iter_markers("database") if vendor not in mark.args
    ]
    if foreign:
        config.hook.pytest_deselected(items=foreign)
        items[:] = [item for item in items if item not in foreign]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test is a failure where the run has to be complete."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not session.config.getoption("no_skips"):
        return
    if reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.getoption("no_skips") and terminalreporter.stats.get("skipped"):
        terminalreporter.section("skipped tests are failures here", red=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Rate limits are counted in the cache: no test may inherit those of another."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request in another language leaves it behind in the thread."""
    yield
    translation.deactivate()


@pytest.fixture
def make_user(db: None) -> Callable[..., Any]:
    """A function that makes a user, active and with PASSWORD unless told otherwise."""
    numbers = count(1)

    def make(**fields: Any) -> Any:
        number = next(numbers)
        values = {"email": f"user{number}@example.com", "username": f"user{number}"}
        return get_user_model().objects.create_user(**{**values, "password": PASSWORD, **fields})

    return make


@pytest.fixture
def user(make_user: Callable[..., Any]) -> Any:
    """An active user."""
    return make_user()


@pytest.fixture
def make_group(db: None) -> Callable[..., Any]:
    """A function that makes a group with the given members."""
    from authkit.models import get_group_model, get_membership_model

    numbers = count(1)

    def make(name: str | None = None, *members: Any, description: str = "") -> Any:
        name = name or f"group{next(numbers)}"
        group = get_group_model().objects.create_group(name, description=description)
        for member in members:
            get_membership_model().objects.add(group, member)
        return group

    return make


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """A function that calls its arguments at the same instant, each on its own connection.

    Returns what each one returned or raised.
    """

    def run(*calls: Callable[[], Any]) -> list[Any]:
        barrier = Barrier(len(calls))

        def one(call: Callable[[], Any]) -> Any:
            try:
                connection.ensure_connection()
                barrier.wait(timeout=30)
                return call()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(one, calls))

    return run


@pytest.fixture
def client_for() -> Callable[[Any], Client]:
    """A function that makes a client in which the given user is logged in."""

    def make(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


class Mailbox:
    """What was mailed; looking into it sends first what is still queued."""

    @property
    def messages(self) -> list[EmailMessage]:
        call_command("authkit_send_mail", verbosity=0)
        sent: list[EmailMessage] = mail.outbox
        return sent

    def __len__(self) -> int:
        return len(self.messages)

    def __iter__(self) -> Iterator[EmailMessage]:
        return iter(self.messages)

    def __getitem__(self, index: int) -> EmailMessage:
        return self.messages[index]

    def clear(self) -> None:
        self.messages.clear()

    def link(self, index: int = -1) -> str:
        """The path of the first link in a message: what a test client opens."""
        found = re.search(r"https?://\S+", str(self.messages[index].body))
        assert found, "the message carries no link"
        parts = urlsplit(found[0])
        return parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.fixture
def mailbox(db: None) -> Mailbox:
    """The mail that the test's project sent."""
    return Mailbox()


@pytest.fixture
def smtp_server(settings: Any) -> Iterator[SmtpServer]:
    """A real SMTP server that the project's mail goes to; see tests/smtp.py for its modes."""
    server = SmtpServer()
    server.start()
    for name, value in server.settings().items():
        setattr(settings, name, value)
    yield server
    server.stop()
