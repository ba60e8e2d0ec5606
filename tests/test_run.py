"""run.py: the two commands of the README, and the demo that one of them shows."""

from __future__ import annotations

import ast
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

import run
from tests.counterparts import LOCALHOST, free_port, listens

ROOT = Path(__file__).resolve().parent.parent


def call(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_an_old_python_can_read_the_file() -> None:
    source = (ROOT / "run.py").read_text()

    assert ast.parse(source, feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_what_is_needed(version: tuple[int, int, int]) -> None:
    complaint = run.complaint_about_python(version) or ""

    found = ".".join(map(str, version))
    assert (
        complaint.splitlines()[0] == f"authkit needs Python 3.11 or newer; this is Python {found}."
    )


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_new_python_is_taken(version: tuple[int, int, int]) -> None:
    assert run.complaint_about_python(version) is None


def test_the_oldest_python_is_that_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text()

    assert 'requires-python = ">={}.{}"'.format(*run.OLDEST_PYTHON) in text


def test_a_taken_port_ends_the_demo_with_a_word() -> None:
    with closing(socket.socket()) as holder:
        holder.bind((LOCALHOST, 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = call("run.py", "demo", "--port", str(port))

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Port {port} on 127.0.0.1 cannot be used: ")


@pytest.mark.parametrize("port", ["-1", "0", "65536", "99999"])
def test_an_impossible_port_ends_the_demo_with_a_word(port: str) -> None:
    result = call("run.py", "demo", f"--port={port}")

    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"There is no port {port}: choose one from 1 to 65535")


def test_a_python_without_pip_names_the_package_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run, "VENV_PYTHON", str(tmp_path / "missing"))
    monkeypatch.setitem(sys.modules, "ensurepip", None)

    with pytest.raises(run.CannotRunError, match="sudo apt install python3-venv"):
        run.make_environment()


def test_what_follows_test_goes_to_pytest() -> None:
    assert run.parse(["test", "-k", "login", "--help"]).pytest == ["-k", "login", "--help"]


@pytest.mark.parametrize("words", [[], ["sing"], ["demo", "--song"]])
def test_an_unknown_command_is_a_usage_error(words: list[str]) -> None:
    assert call("run.py", *words).returncode == 2


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a served demo, filled twice as by a second start."""
    port = free_port()
    settings = {
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "AUTHKIT_DEMO_FOLDER": str(tmp_path_factory.mktemp("demo")),
        "AUTHKIT_DEMO_PORT": str(port),
    }
    for words in (["migrate", "-v0"], ["demo"], ["demo"]):
        result = call("manage.py", *words, **settings)
        assert result.returncode == 0, result.stderr
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"{LOCALHOST}:{port}"],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 30
    while not listens(port):
        assert server.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    yield {**settings, "printed": result.stdout}
    server.terminate()
    server.wait()


def page(demo: dict[str, str], path: str) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection(LOCALHOST, int(demo["AUTHKIT_DEMO_PORT"]), timeout=30)
    with closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read().decode()


def test_the_demo_prints_addresses_accounts_and_the_password(demo: dict[str, str]) -> None:
    port = demo["AUTHKIT_DEMO_PORT"]

    for text in (f"http://127.0.0.1:{port}/outbox/", "blocked@example.com", "plum-harbour-kettle"):
        assert text in demo["printed"]


def test_a_second_start_of_the_demo_keeps_its_accounts(demo: dict[str, str]) -> None:
    assert "Kept from an earlier run" in demo["printed"]


def settings_of(demo: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in demo.items() if key != "printed"}


LATER = """
from django.contrib.auth import get_user_model
users = get_user_model().objects
users.set_password(users.get_by_username("editor"), "an entirely different passphrase")
users.get_by_username("pending").approve()
users.set_email(users.get_by_username("unverified"), "moved@example.com")
users.get_by_username("disabled").delete()
"""


def test_the_demo_shows_what_has_become_of_its_accounts(demo: dict[str, str]) -> None:
    done = call("manage.py", "shell", "-v0", "-c", LATER, **settings_of(demo))
    assert (done.returncode, done.stderr) == (0, "")

    entries = re.findall(
        r"<strong>(.*?)</strong>.*?>(\w+)</span><br>(.*?)</li>", page(demo, "/")[2]
    )
    again = call("manage.py", "demo", **settings_of(demo))

    about = {address.split("@")[0]: (status, text) for address, status, text in entries}
    assert about["staff"] == ("active", "may open /admin/")
    assert about["editor"] == (
        "active",
        "edits every document; has another password by now",
    )
    waited = "began as pending (waits for an administrator&#x27;s approval)"
    assert about["pending"] == ("active", waited)
    assert about["moved"][0] == "unverified"
    assert about["disabled"][0] == "deleted"
    assert again.returncode == 0, again.stderr
    for line in (
        "editor@example.com      active      edits every document; has another password by now",
        "moved@example.com       unverified  has not opened the mailed link",
        "disabled@example.com    disabled    logs in again after a password reset",
    ):
        assert line in again.stdout


SEE = """
from django.contrib.auth import get_user_model
from django.test import Client
for name in ("", "editor", "staff"):
    client = Client(SERVER_NAME="127.0.0.1")
    if name:
        client.force_login(get_user_model().objects.get_by_username(name))
    print('"/admin/"' in client.get("/").content.decode())
client = Client(SERVER_NAME="127.0.0.1")
print([
    '"/outbox/"' in client.get(f"/auth/{path}/").content.decode()
    for path in ("email_verification", "password_retrieval/sent", "password_retrieval")
])
"""


def test_the_demo_leads_to_what_is_open_and_to_the_mail(demo: dict[str, str]) -> None:
    seen = call("manage.py", "shell", "-v0", "-c", SEE, **settings_of(demo))

    assert seen.stdout.splitlines() == ["True", "False", "True", "[True, True, False]"]


@pytest.mark.parametrize("path", ["/", "/outbox/", "/auth/login/", "/auth/registration/"])
def test_the_pages_of_the_demo_answer_under_a_strict_policy(
    demo: dict[str, str], path: str
) -> None:
    status, headers, text = page(demo, path)

    assert status == 200
    assert headers["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert "style=" not in text


def test_the_demo_serves_the_style_of_its_pages(demo: dict[str, str]) -> None:
    assert page(demo, "/static/authkit/authkit.css")[0] == 200


def test_the_administration_of_the_demo_asks_for_a_login(demo: dict[str, str]) -> None:
    status, headers, _ = page(demo, "/admin/")

    assert (status, headers["Location"].split("?")[0]) in {
        (302, "/admin/login/"),
        (302, "/auth/login/"),
    }


def test_the_outbox_shows_a_mail_with_its_link(demo: dict[str, str]) -> None:
    send = (
        "from django.core.mail import send_mail;"
        "send_mail('Grüße', 'Open https://example.com/x/ now.', None, ['you@example.com'],"
        " html_message='<html><head></head><body>As <b>HTML</b></body></html>')"
    )
    assert call("manage.py", "shell", "-c", send, **settings_of(demo)).returncode == 0

    text = page(demo, "/outbox/")[2]
    assert "Grüße" in text
    assert '<a href="https://example.com/x/" rel="nofollow">' in text
    assert "As <b>HTML</b>" not in text

    # Others may have had mail before.
    newest = max(int(number) for number in re.findall(r"/outbox/(\d+)/", text))
    framed, headers, html = page(demo, f"/outbox/{newest}/")
    assert (framed, "As <b>HTML</b>" in html) == (200, True)
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert page(demo, f"/outbox/{newest + 1}/")[0] == 404
