"""A real browser, before a real server that sends real mail."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.inspection import Record, ToolMissingError, axe_source
from tests.browser.site import Site
from tests.browser.visitor import Visitor

# Playwright keeps an event loop in the thread of the tests, which Django takes for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # milliseconds
POLICY = "example_project.middleware.content_security_policy"
RECORD = pytest.StashKey[Record]()


def pytest_configure(config: pytest.Config) -> None:
    """End the run at once where it could show nothing."""
    config.stash[RECORD] = Record()
    try:
        axe_source()
        if not os.access(CHROMIUM, os.X_OK):
            raise ToolMissingError(f"{CHROMIUM} is missing. On Debian: apt install chromium")
    except ToolMissingError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if config.stash[RECORD].findings:
        terminalreporter.section("pages that were looked at")
        for line in config.stash[RECORD].lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def _strict_policy(django_db_setup: None) -> Iterator[None]:
    """Every page under `default-src 'self'`, those of the administration too.

    In force before the server starts; and the server needs to find the database of the tests.
    """
    from django.conf import settings

    with override_settings(
        MIDDLEWARE=[POLICY, *settings.MIDDLEWARE], ROOT_URLCONF="tests.browser.urls"
    ):
        yield


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site(transactional_db: None, live_server: Any, settings: Any) -> Iterator[Site]:
    """The site, its mail thread on, and the server that its mail goes to."""
    site = Site(live_server.url)
    site.postbox.start()
    for name, value in site.postbox.settings(timeout=10).items():
        setattr(settings, name, value)
    settings.AUTHKIT = {
        **settings.AUTHKIT,
        "BASE_URL": live_server.url,
        "SITE_NAME": "Example",
        "MAIL_THREAD": True,
    }
    yield site
    site.wait_for_outbox()
    site.postbox.stop()


@pytest.fixture
def visit(
    chromium: Browser, site: Site, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Visitor]]:
    """A function that makes a visitor; it takes the options of the browser's window."""
    visitors: list[Visitor] = []
    record = request.config.stash[RECORD]

    def make(look: str = "", *, has_script: bool = True, **options: Any) -> Visitor:
        options = {"base_url": site.url, "locale": "en-GB", **options}
        context = chromium.new_context(java_script_enabled=has_script, **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        visitors.append(Visitor(page, site, record, look=look, has_script=has_script))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.page.context.close()
    for visitor in visitors:
        visitor.check_watch()
