"""Projects with models of their own, each in its own process with its own settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

SWAPPED = ["user", "group", "user_group", "user_group_membership", "everything", "foreign_key"]

Call = Callable[..., str]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """A function that runs Python under the settings of a row; warnings are errors."""
    migrations = tmp_path / "people_migrations"
    migrations.mkdir()
    (migrations / "__init__.py").touch()

    def run(row: str, *words: str) -> str:
        settings = {
            "DJANGO_SETTINGS_MODULE": f"tests.swapped.{row}.settings",
            "AUTHKIT_SWAPPED_FOLDER": str(tmp_path),
            "AUTHKIT_TEST_DB": "sqlite",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(tmp_path)]),
        }
        result = subprocess.run(
            [sys.executable, "-W", "error", "-m", *words],
            cwd=tmp_path,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
            timeout=250,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    return run


MIGRATED = "No changes detected\nSystem check identified no issues (0 silenced).\n"


def life(row: str, file: str) -> list[str]:
    """The words that run the tests of *file* under the settings of *row*."""
    own = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "no:cacheprovider"]
    return ["pytest", "-q", *own, "--ds", f"tests.swapped.{row}.settings", str(HERE / file)]


@pytest.mark.parametrize("row", SWAPPED)
def test_a_project_migrates_and_lives(call: Call, row: str) -> None:
    assert call(row, "tests.swapped.migrate") == MIGRATED
    call(row, *life(row, "life.py"))


@pytest.mark.parametrize("row", ["heirs", "databases", "django_user"])
def test_another_project_migrates_and_lives(call: Call, row: str) -> None:
    assert call(row, "tests.swapped.migrate") == MIGRATED
    call(row, *life(row, f"life_{row}.py"))
