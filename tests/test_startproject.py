"""A new project with the README's lines works, and each line that it forgets is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
SETTINGS, URLS, LOCAL, _PERMISSIONS = BLOCKS

LOGIN_PAGE = """
from django.test import Client
response = Client(SERVER_NAME="localhost").get("/auth/login/")
print(response.status_code, b'<form class="ak-form" method="post"' in response.content)
"""

REGISTER = """
import io, re, sys, time
terminal = sys.stdout = io.StringIO()
from django.test import Client
client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
password = "correct horse battery staple"
address = {"email": "ada@example.com", "password": password, "password2": password}
client.post("/auth/registration/", address)
deadline = time.monotonic() + 60
mailed = re.compile(r"http://127.0.0.1:8000(/auth/email_verification/\\S+)")
while not (link := mailed.search(terminal.getvalue().replace("=\\n", ""))):
    assert time.monotonic() < deadline, terminal.getvalue()
    time.sleep(0.05)
opened = client.get(link[1], follow=True)
pressed = client.post(opened.redirect_chain[-1][0])
sys.stdout = sys.__stdout__
print(pressed.url)
"""


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in *folder*, where authkit is importable and warnings are errors."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "DJANGO_"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ``startproject`` makes."""
    folder = tmp_path_factory.mktemp("project")
    result = call(folder, "-m", "django", "startproject", "site1", str(folder))
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture
def write(project: Path) -> Iterator[Callable[[str, str], Path]]:
    """A function that adds a block of settings to the project and replaces its URLs."""
    settings, urls = project / "site1" / "settings.py", project / "site1" / "urls.py"
    before = settings.read_text(), urls.read_text()

    def add(block: str, patterns: str) -> Path:
        settings.write_text(f"{before[0]}\n{block}\n")
        urls.write_text(patterns)
        return project

    yield add
    settings.write_text(before[0])
    urls.write_text(before[1])


def test_the_lines_of_the_readme_are_all_that_a_project_needs(
    write: Callable[[str, str], Path],
) -> None:
    project = write(SETTINGS, URLS)

    checked = call(project, "manage.py", "check")
    assert (checked.returncode, checked.stdout, checked.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )
    for words in (["makemigrations", "--check"], ["migrate", "-v0"]):
        result = call(project, "manage.py", *words)
        assert (result.returncode, result.stderr) == (0, "")
    page = call(project, "manage.py", "shell", "-v0", "-c", LOGIN_PAGE)
    assert (page.stdout, page.stderr) == ("200 True\n", "")


def test_on_the_own_machine_a_registration_can_be_followed_to_its_end(
    write: Callable[[str, str], Path],
) -> None:
    *block, mail = LOCAL.splitlines()
    assert mail.startswith("EMAIL_BACKEND = ")
    if django.VERSION < (6, 1):
        block.append(mail)
    project = write("\n".join([SETTINGS, *block]), URLS)

    for words in (["check", "--fail-level=WARNING"], ["migrate", "-v0"]):
        result = call(project, "manage.py", *words)
        assert (result.returncode, result.stderr) == (0, "")
    result = call(project, "manage.py", "shell", "-v0", "-c", REGISTER)
    assert (result.stdout, result.stderr) == ("/auth/profile/\n", "")


LINES = [
    line
    for line in SETTINGS.splitlines()
    if line.strip() and not line.strip().startswith("#") and not line.endswith("[") and line != "]"
]
# Where nothing can start there is no check that could speak, but an error at the start: ours shows
# the line, as allauth's does for its middleware; without "authkit" only Django is there to speak.
CANNOT_START = {
    "authkit": "AUTH_USER_MODEL refers to model 'authkit.User' that has not been installed",
    "allauth.account.middleware.AccountMiddleware": (
        "allauth.account.middleware.AccountMiddleware must be added to settings.MIDDLEWARE"
    ),
    **{
        name: f'authkit cannot start. Put into INSTALLED_APPS: "{name}",'
        for name in (
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "allauth.usersessions",
        )
    },
}
IDS = {
    "AUTHENTICATION_BACKENDS": "E034",
    "AUTH_USER_MODEL": "E102",
    "ALLAUTH_SETTING_GETTER": "E050",
    "PASSWORD_HASHERS": "E035",
    "AUTH_PASSWORD_VALIDATORS": "E036",
    "LOGIN_URL, LOGIN_REDIRECT_URL": "E037",
    "AUTHKIT": "E004",
    '"authkit.middleware.AuthkitMiddleware",': "E032",
}


def forgotten(line: str) -> str:
    """The id of the error that asks for *line*."""
    return IDS.get(line.strip().split(" = ")[0], "E030")


def said(output: str) -> list[str]:
    """The ids of authkit in what ``check`` wrote."""
    return re.findall(r"\(authkit\.(\w+)\)", output)


@pytest.mark.parametrize("line", LINES)
def test_a_forgotten_line_is_asked_for(line: str, write: Callable[[str, str], Path]) -> None:
    lines = SETTINGS.splitlines()
    lines.remove(line)
    result = call(write("\n".join(lines), URLS), "manage.py", "check")

    assert result.returncode == 1
    name = line.strip().strip('",')
    if name in CANNOT_START:
        assert CANNOT_START[name] in result.stderr.strip().splitlines()[-1]
        return
    assert said(result.stderr) == [forgotten(line)]
    to_paste = line.split("  #")[0].strip()
    assert to_paste in result.stderr


def test_all_forgotten_apps_are_asked_for_at_once(write: Callable[[str, str], Path]) -> None:
    start, end = SETTINGS.index('    "django.contrib.admin"'), SETTINGS.index("]\nMIDDLEWARE")
    result = call(write(SETTINGS[:start] + SETTINGS[end:], URLS), "manage.py", "check")

    wanted = " ".join(SETTINGS[start:end].split())
    assert result.stderr.strip().endswith(f"Put into INSTALLED_APPS: {wanted}")


def test_a_project_that_says_so_goes_without_an_administration(
    write: Callable[[str, str], Path],
) -> None:
    settings = SETTINGS.replace('    "django.contrib.admin",\n', "")
    silenced = 'SILENCED_SYSTEM_CHECKS = ["authkit.E030"]'
    urls = URLS.replace('    path("admin/", admin.site.urls),\n', "")
    project = write(f"{settings}\n{silenced}", urls)

    assert call(project, "manage.py", "check").returncode == 0
    page = call(project, "manage.py", "shell", "-v0", "-c", LOGIN_PAGE)
    assert (page.stdout, page.stderr) == ("200 True\n", "")


def test_forgotten_urls_are_asked_for(write: Callable[[str, str], Path]) -> None:
    line = '    path("auth/", include("authkit.urls")),\n'
    assert line in URLS
    result = call(write(SETTINGS, URLS.replace(line, "")), "manage.py", "check")

    assert said(result.stderr) == ["E038"]
    assert line.strip() in result.stderr


@pytest.mark.parametrize("value", ["people.views.card", "authkit.conf.KNOWN", "site1.broken.card"])
def test_a_broken_extra_route_is_told_by_a_check(
    value: str, write: Callable[[str, str], Path]
) -> None:
    line = f'AUTHKIT["EXTRA_ROUTES"] = {{"card": "{value}"}}'
    project = write(f"{SETTINGS}\n{line}", URLS)
    (project / "site1" / "broken.py").write_text("1 / 0\n")
    result = call(project, "manage.py", "check")

    assert said(result.stderr) in (["E017"], ["E018"])
    assert "Traceback" not in result.stderr
