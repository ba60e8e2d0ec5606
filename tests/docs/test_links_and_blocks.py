"""Links lead somewhere, and what is shown as code is code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from authkit import conf

from .pages import DOCS, SHORT, python_blocks


def slug(heading: str) -> str:
    """The anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)}


def is_dead(link: str, page: Path) -> bool:
    """Whether a relative *link* on *page* leads nowhere."""
    path, _, anchor = link.partition("#")
    file = (page.parent / path).resolve() if path else page
    return not file.exists() or (anchor != "" and anchor not in anchors(file))


@pytest.mark.parametrize("name", SHORT)
def test_every_relative_link_leads_somewhere(name: str) -> None:
    page = SHORT[name]
    links = re.findall(r"(?:\]\(|src=\")([^)\s\"]+)", page.read_text())
    relative = [link for link in links if not re.match(r"[a-z]+:", link)]

    assert [link for link in relative if is_dead(link, page)] == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = (DOCS / "index.md").read_text()
    linked = {(DOCS / link).resolve() for link in re.findall(r"\]\(([^)#]+)", index)}

    assert [page for page in DOCS.rglob("*.md") if page.resolve() not in linked] == [
        DOCS / "index.md"
    ]


BLOCKS = [
    (name, block) for name, page in SHORT.items() for block in python_blocks(page.read_text())
]


@pytest.mark.parametrize(("name", "block"), BLOCKS)
def test_every_block_of_python_compiles(name: str, block: str) -> None:
    compile(block, name, "exec")


@pytest.mark.parametrize(
    ("name", "block"), [item for item in BLOCKS if re.search(r"^AUTHKIT = ", item[1], re.M)]
)
def test_every_setting_that_is_shown_is_valid(name: str, block: str) -> None:
    lines = block[block.index("AUTHKIT = ") :]
    value = re.match(r"AUTHKIT = ({.*?^}|{.*?}(?=\s*(?:#|$)))", lines, re.DOTALL | re.MULTILINE)
    assert value
    shown = eval(value[1], {"_": str})

    assert {key for key in shown if not conf.is_valid(key, shown[key])} == set()
    assert set(shown) <= set(conf.KNOWN)


@pytest.mark.parametrize("name", [name for name in SHORT if name.startswith("docs")])
def test_a_key_that_is_mentioned_exists(name: str) -> None:
    text = SHORT[name].read_text()
    mentioned = set(re.findall(r"AUTHKIT\[\"(\w+)\"\]", text))

    assert mentioned <= set(conf.KNOWN)
