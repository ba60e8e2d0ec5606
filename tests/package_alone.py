"""``python -m tests.package_alone FOLDER``: the package built, installed and used as in the README.

Not a test of the suite: it builds, makes an environment and downloads; tox runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROBE = """
import django
django.setup()
from django.contrib.staticfiles.finders import find
from django.template.loader import get_template
import authkit
assert "site-packages" in authkit.__file__, authkit.__file__
from authkit import auth, requires, rules
get_template("authkit/login.html"), get_template("authkit/email/base.html")
assert find("authkit/authkit.css")
print("django-authkit", authkit.__version__, "on Django", django.__version__)
"""


def call(*words: str | Path, cwd: Path = ROOT, **environment: str) -> None:
    values = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_")}
    print("$", *words, flush=True)
    subprocess.run(words, cwd=cwd, env={**values, **environment}, check=True)


def built_wheel(folder: Path) -> Path:
    """The wheel, built from the sdist as an installer without the wheel would do it."""
    call(sys.executable, "-m", "build", "--outdir", folder)
    (wheel,) = folder.glob("*.whl")
    call("check-wheel-contents", wheel)
    return wheel


def blocks_of_the_readme() -> tuple[str, str]:
    """What the README says to put into settings.py and into urls.py."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    settings, urls, *_own_machine = blocks
    assert settings.startswith("# settings.py\n"), settings
    assert urls.startswith("# urls.py\n"), urls
    return settings, urls


def use(project: Path, python: Path) -> None:
    """Start a project, add the README's lines and no others, and migrate."""
    project.mkdir()
    call(python, "-m", "django", "startproject", "site1", project)
    settings, urls = blocks_of_the_readme()
    with (project / "site1" / "settings.py").open("a") as file:
        file.write(f"\n{settings}")
    (project / "site1" / "urls.py").write_text(urls)
    for words in (["check", "--fail-level", "WARNING"], ["makemigrations", "--check"], ["migrate"]):
        call(python, "-W", "error", "manage.py", *words, "-v0", cwd=project)
    call(python, "-c", PROBE, cwd=project, DJANGO_SETTINGS_MODULE="site1.settings")


def main(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    wheel = built_wheel(folder / "dist")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    call(python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", wheel)
    use(folder / "project", python)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
