"""The pages of the documentation, their tables, and the code that they are about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import authkit

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = Path(authkit.__file__).parent
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
SHORT = {str(page.relative_to(ROOT)): page for page in PAGES}


def reference(name: str) -> str:
    return (DOCS / "reference" / f"{name}.md").read_text()


def section(text: str, heading: str) -> str:
    """What stands below *heading*, up to the next one of its level."""
    level = heading.split(" ")[0]
    return re.split(rf"^{level} ", text.split(f"\n{heading}\n", 1)[1], flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table's rows in *text*, without the heads."""
    found: list[list[str]] = []
    lines = text.splitlines()
    for line, before in zip(lines, ["", *lines], strict=False):
        if not line.startswith("|") or set(line) <= set("|- "):
            continue
        if before.startswith("|"):
            found.append([cell.strip() for cell in line.strip("|").split(" |")])
    return found


def names(cell: str) -> list[str]:
    """What is in code quotes in *cell*."""
    return re.findall(r"`([^`]+)`", cell)


def first_names(text: str) -> list[str]:
    """The name in the first cell of each row."""
    return [names(row[0])[0] for row in rows(text) if names(row[0])]


def trees() -> Iterator[ast.AST]:
    for file in CODE.rglob("*.py"):
        yield ast.parse(file.read_text())


def calls(*functions: str) -> Iterator[ast.Call]:
    """Every call in the package of a function or method of one of these names."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = node.func
                if getattr(name, "id", getattr(name, "attr", "")) in functions:
                    yield node


def text_of(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def python_blocks(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
