"""The tutorial of permissions, in the project of the first one."""

from __future__ import annotations

from pathlib import Path

from .pages import DOCS
from .test_projects import STEP, TUTORIAL, do, run

PERMISSIONS = (DOCS / "tutorial" / "first-permissions.md").read_text()
VISIT = """
from django.test import Client
def visit():
    for person in (grace, linus):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(person)
        paths = ["1/", "1/write/", "2/", "2/write/"]
        listed = client.get("/notes/").content.decode().count("<a href")
        offered = "Change it" in client.get("/notes/1/").content.decode()
        print(listed, *(client.get(f"/notes/{path}").status_code for path in paths), offered)
"""


def test_the_tutorial_gives_and_takes_back_permissions(tmp_path: Path) -> None:
    steps = STEP.findall(PERMISSIONS)
    assert {kind for kind, *_ in steps} == {"run", "write", "append", "shell"}
    for kind, file, block in STEP.findall(TUTORIAL):
        do(tmp_path, kind, file, block)

    # The shell stays open all the time, so what is pasted is one program.
    pasted = [block for kind, _file, block in steps if kind == "shell"]
    for kind, file, block in steps:
        if kind != "shell":
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            do(tmp_path, kind, file, block)
    program = VISIT + "\nvisit()\n".join([*pasted, ""])
    printed = run(tmp_path, "manage.py", "shell", "-v0", "-c", program).splitlines()

    nothing, everything = "0 404 404 404 404 False", "2 200 200 200 200 True"
    one = "1 200 403 404 404 False"
    assert printed == [
        *(nothing, nothing),
        *(one, nothing),
        *(one, everything),
        "[<User: me@example.com>, <User: linus@example.com>]",
        *PERMISSIONS.split("```text\n")[1].split("```")[0].splitlines(),
        *(one, everything),
        *(nothing, nothing),
    ]
