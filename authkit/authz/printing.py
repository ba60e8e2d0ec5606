"""Text for a terminal or a log, which act on some characters."""

from __future__ import annotations


def printable(text: object) -> str:
    """*text* in one line, with what cannot be seen written as Python would write it."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(text)
    )
