"""The tutorial, and the models of the how-tos, in projects of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import django
import pytest

from .pages import DOCS, ROOT, python_blocks

TUTORIAL = (DOCS / "tutorial" / "first-project.md").read_text()
STEP = re.compile(r"^<!-- ([\w .]+?)(?:: (\S+))? -->\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
VISIT = """
import io, re, sys, time
terminal = sys.stdout = io.StringIO()
from django.test import Client
ada = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
first = ada.get("/")
password = "correct horse battery staple"
address = {"email": "ada@example.com", "password": password, "password2": password}
sent = ada.post("/auth/registration/", address)
deadline = time.monotonic() + 30
mailed = re.compile(r"http://127.0.0.1:8000(/auth/email_verification/\\S+)")
while not (link := mailed.search(terminal.getvalue().replace("=\\n", ""))):
    assert time.monotonic() < deadline, terminal.getvalue()
    time.sleep(0.05)
opened = ada.get(link[1], follow=True)
pressed = ada.post(opened.redirect_chain[-1][0])
home = ada.get("/")
sys.stdout = sys.__stdout__
print(first.url, sent.url, pressed.url, home.content.decode(), sep="\\n")
"""


def run(folder: Path, *words: str) -> str:
    """What Python says, in *folder*."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "DJANGO_"}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "error",
        "DJANGO_SUPERUSER_EMAIL": "me@example.com",
        "DJANGO_SUPERUSER_PASSWORD": "four or five words",
    }
    result = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def do(folder: Path, kind: str, file: str, block: str) -> None:
    """One step of the tutorial."""
    if kind == "run":
        for line in block.splitlines():
            words = line.split()[1:]
            # The one command that asks is answered by its environment.
            run(folder, *words, *(["--noinput"] if "createsuperuser" in words else []))
    elif kind == "write":
        (folder / file).write_text(block)
    elif kind == "append" or django.VERSION < (6, 1):
        with (folder / file).open("a") as settings:
            settings.write(block)


def test_the_tutorial_leads_to_a_working_login(tmp_path: Path) -> None:
    steps = STEP.findall(TUTORIAL)
    assert {kind for kind, *_ in steps} == {"run", "write", "append", "append before Django 6.1"}

    for kind, file, block in steps:
        do(tmp_path, kind, file, block)

    assert (
        run(tmp_path, "manage.py", "check") == "System check identified no issues (0 silenced).\n"
    )
    assert run(tmp_path, "manage.py", "shell", "-v0", "-c", VISIT).splitlines() == [
        "/auth/login/?next=/",
        "/auth/email_verification/",
        "/auth/profile/",
        "Hello, ada@example.com!",
    ]


MODELS = [
    # Settings, and which blocks are the models
    (
        'AUTH_USER_MODEL, AUTHKIT_GROUP_MODEL = "people.User", "people.Group"',
        [("extra-profile-fields", "# people/models.py"), ("swap-models", "# people/models.py")],
    ),
    ('AUTH_USER_MODEL = "people.User"', [("own-user-model", "from django.db import models")]),
]


def how_to_block(page: str, start: str) -> str:
    blocks = python_blocks((DOCS / "how-to" / f"{page}.md").read_text())
    (found,) = (block for block in blocks if block.startswith(start))
    return found


def project_with(folder: Path, setting: str, blocks: list[tuple[str, str]]) -> None:
    """The tutorial's project, with an app that holds these blocks."""
    for kind, name, block in STEP.findall(TUTORIAL)[:4]:
        do(folder, kind, name, block)
    (folder / "people").mkdir()
    (folder / "people" / "__init__.py").touch()
    (folder / "people" / "models.py").write_text(
        "\n".join(how_to_block(*block) for block in blocks)
    )
    with (folder / "mysite" / "settings.py").open("a") as settings:
        settings.write(f'\nINSTALLED_APPS += ["people"]\n{setting}\n')


@pytest.mark.parametrize(("setting", "blocks"), MODELS)
def test_the_models_of_a_how_to_can_be_migrated(
    tmp_path: Path, setting: str, blocks: list[tuple[str, str]]
) -> None:
    project_with(tmp_path, setting, blocks)

    run(tmp_path, "manage.py", "makemigrations", "people")
    run(tmp_path, "manage.py", "makemigrations", "--check")
    run(tmp_path, "manage.py", "migrate", "-v0")


GRANTS = """
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Permission
from django.test import override_settings
password = "correct horse battery staple"
def ask(user):
    user = get_user_model().objects.get(pk=user.pk)
    return user.has_perm("authkit.view_tag")
def named(user):
    return authenticate(username=user.email, password=password) is not None
ada = get_user_model().objects.create_user(email="ada@example.com", password=password)
eve = get_user_model().objects.create_user(
    email="eve@example.com", password=password, status="pending"
)
grant = Permission.objects.get(codename="view_tag", content_type__app_label="authkit")
for user in (ada, eve):
    user.user_permissions.add(grant)
print(*(ask(user) for user in (ada, eve)))
for path in ("people.backends.DjangoPermissions", "django.contrib.auth.backends.ModelBackend"):
    backends = ["authkit.backends.AuthkitBackend", path]
    methods = {"BASE_URL": "https://www.example.com", "LOGIN_METHODS": ["username"]}
    with override_settings(AUTHENTICATION_BACKENDS=backends, AUTHKIT=methods):
        print(*(ask(user) for user in (ada, eve)), *(named(user) for user in (ada, eve)))
"""


def test_djangos_permissions_count_with_a_backend_of_djangos_only(tmp_path: Path) -> None:
    page = "own-user-model"
    models = [(page, "# people/models.py, with Django's permissions")]
    project_with(tmp_path, 'AUTH_USER_MODEL = "people.User"', models)
    (tmp_path / "people" / "backends.py").write_text(how_to_block(page, "# people/backends.py"))
    run(tmp_path, "manage.py", "makemigrations", "people")
    run(tmp_path, "manage.py", "migrate", "-v0")

    assert run(tmp_path, "manage.py", "shell", "-v0", "-c", GRANTS).splitlines() == [
        "False False",
        "True False False False",
        # Which logs in by address, past LOGIN_METHODS, but nobody who is not active.
        "True False True False",
    ]
