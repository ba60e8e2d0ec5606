"""Whether the catalogues hold every text of the package; needs gettext.

``python -m tests.locale_check`` says what is missing, and with ``--write`` brings the catalogues up
to date: new texts get an empty translation, those that are gone are removed, all are compiled.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "authkit"
LANGUAGES = sorted(path.name for path in (PACKAGE / "locale").iterdir() if path.is_dir())

_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr)(?:\[\d+\])? )?(".*")')
# Lines of the header that a run fills with the time and that say nothing else.
_NOISE = re.compile(r'^"(?:POT-Creation-Date|Report-Msgid-Bugs-To): .*"\n', re.MULTILINE)


@dataclass
class Entry:
    """A text of a catalogue and its translations: several where it has a plural."""

    msgctxt: str | None = None
    msgid: str = ""
    msgid_plural: str | None = None
    msgstr: list[str] = field(default_factory=list)
    is_fuzzy: bool = False

    @property
    def key(self) -> tuple[str | None, str, str | None]:
        return self.msgctxt, self.msgid, self.msgid_plural

    @property
    def sources(self) -> list[str]:
        """The text that each translation stands for."""
        return [self.msgid, *[self.msgid_plural] * (len(self.msgstr) - 1)]  # type: ignore[list-item]


def source(language: str, package: Path = PACKAGE) -> Path:
    """The catalogue of *language*, as it is edited."""
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> list[Entry]:
    """The entries of a catalogue, its header first."""
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    return [_entry(block) for block in blocks if re.search("^msgid", block, re.MULTILINE)]


def _entry(block: str) -> Entry:
    entry = Entry(is_fuzzy=bool(re.search("^#,.*fuzzy", block, re.MULTILINE)))
    name = ""
    for line in block.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        started, text = found[1], ast.literal_eval(found[2])
        name = started or name
        if name != "msgstr":
            setattr(entry, name, (getattr(entry, name) or "") + text)
        elif started:
            entry.msgstr.append(text)
        else:
            entry.msgstr[-1] += text
    return entry


def make_messages(package: Path) -> None:
    """Bring the catalogues of *package* up to date with its texts."""
    options = [f"--locale={language}" for language in LANGUAGES]
    _django(package, "makemessages", "--no-location", "--no-obsolete", *options)
    for language in LANGUAGES:
        path = source(language, package)
        path.write_text(_NOISE.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


def _django(package: Path, *command: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key[:7] != "DJANGO_"}
    subprocess.run([sys.executable, "-m", "django", *command], cwd=package, check=True,
                   env=environment, stdout=subprocess.DEVNULL)  # fmt: skip


def complaints() -> Iterator[str]:
    """What is wrong with the catalogues, found on a copy of the package."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        make_messages(copy)
        for language in LANGUAGES:
            now = {entry.key: entry for entry in read(source(language, copy))}
            kept = {entry.key for entry in read(source(language))}
            yield from (f"{language}: gone from the code: {key[1]!r}" for key in kept - now.keys())
            for key, entry in now.items():
                if key not in kept:
                    yield f"{language}: not in the catalogue: {key[1]!r}"
                elif entry.is_fuzzy or not all(entry.msgstr):
                    yield f"{language}: not translated: {key[1]!r}"


def main(arguments: list[str]) -> int:
    """The exit code of the command."""
    if shutil.which("msgmerge") is None:
        print("gettext is missing (Debian: apt install gettext).", file=sys.stderr)
        return 2
    if arguments == ["--write"]:
        make_messages(PACKAGE)
        _django(PACKAGE, "compilemessages")
    found = sorted(complaints())
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
