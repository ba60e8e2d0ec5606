"""A served demo, and the people who use it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

from tests.counterparts import LOCALHOST, free_port, listens
from tests.example.visitor import Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
Manage = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def settings_of_demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "AUTHKIT_DEMO_FOLDER": str(tmp_path_factory.mktemp("demo")),
        "AUTHKIT_DEMO_PORT": str(free_port()),
    }


def command(settings: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the demo that has these *settings*."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="session")
def manage(settings_of_demo: dict[str, str]) -> Manage:
    """A function that runs a command of the served demo."""
    return partial(command, settings_of_demo)


@pytest.fixture(scope="session")
def demo(settings_of_demo: dict[str, str], manage: Manage) -> Iterator[str]:
    """The address of the demo, filled twice as by a second start."""
    for words in (["migrate", "-v0"], ["demo"], ["demo"]):
        result = manage(*words)
        assert result.returncode == 0, result.stderr
    port = settings_of_demo["AUTHKIT_DEMO_PORT"]
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"{LOCALHOST}:{port}"],
        cwd=ROOT,
        env=settings_of_demo,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not listens(int(port)):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield f"http://{LOCALHOST}:{port}"
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def visitor(demo: str) -> Callable[[str], Visitor]:
    """A function that gives a person of the demo, logged in; "" is a stranger."""

    @cache
    def find(name: str) -> Visitor:
        found = Visitor(demo)
        if name:
            found.log_in(name)
        return found

    return find
