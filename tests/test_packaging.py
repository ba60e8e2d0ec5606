"""What a user gets from the package index, built here by the package's own builder."""

from __future__ import annotations

import re
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import authkit

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {".po", ".pot"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = str(tmp_path_factory.mktemp("wheel"))
    return zipfile.ZipFile(next(WheelBuilder(str(ROOT)).build(directory=folder)))


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = str(tmp_path_factory.mktemp("sdist"))
    with tarfile.open(next(SdistBuilder(str(ROOT)).build(directory=folder))) as archive:
        return {name.split("/", 1)[1] for name in archive.getnames()}


def package_files() -> set[str]:
    """The files of the package in this checkout, without what Python made of them."""
    files = {path.relative_to(ROOT) for path in (ROOT / "authkit").rglob("*") if path.is_file()}
    return {str(path) for path in files if "__pycache__" not in path.parts}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == {name for name in package_files() if Path(name).suffix not in SOURCES}


@pytest.mark.parametrize("ending", ["py.typed", ".html", ".txt", ".css", ".mo", "0001_initial.py"])
def test_the_wheel_holds_every_kind_of_file(wheel: zipfile.ZipFile, ending: str) -> None:
    assert [name for name in wheel.namelist() if name.endswith(ending)]


def test_every_translation_is_compiled() -> None:
    names = package_files()

    sources = {name for name in names if name.endswith(".po")}
    assert {str(Path(name).with_suffix(".mo")) for name in sources} <= names


def test_the_sdist_holds_what_builds_and_tests_the_package(sdist: set[str]) -> None:
    assert package_files() <= sdist
    assert {"LICENSE", "README.md", "pyproject.toml", "run.py", "tests/conftest.py"} <= sdist


def test_the_sdist_holds_nothing_that_a_run_left_behind(sdist: set[str]) -> None:
    left = re.compile(
        r"(^|/)(\.(?!gitignore$)|__pycache__|node_modules|dist/)|\.(pyc|sqlite3|log)$"
    )

    assert [name for name in sorted(sdist) if left.search(name)] == []


def test_the_version_has_one_source(metadata: Message) -> None:
    assert metadata["Version"] == authkit.__version__


def test_the_newest_release_of_the_changelog_is_this_version() -> None:
    headings = re.findall(r"^## \[(\d.*?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert headings[0] == authkit.__version__


def test_the_requirements_are_the_documented_ones(metadata: Message) -> None:
    assert (metadata["Requires-Python"], sorted(metadata.get_all("Requires-Dist") or [])) == (
        ">=3.11",
        [
            "argon2-cffi>=23.1",
            "django-allauth[mfa]<66,>=65.21",
            "django>=5.2",
            "djangorestframework>=3.16; extra == 'api'",
            "tomli-w>=1.1; extra == 'policy'",
        ],
    )
