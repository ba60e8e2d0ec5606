"""How much goes into one statement, and into one event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

# Keys in one statement; SQLite takes no more than 999 parameters everywhere.
AT_ONCE = 500
# Keys or names that the event of a bulk call lists, besides their number: its row stays readable.
MOST_KEYS = 1000


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """*items* in lists that fit into one statement."""
    listed = list(items)
    return (listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE))
