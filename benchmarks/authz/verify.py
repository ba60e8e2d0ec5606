"""Before anything is timed: do all systems give the answers that follow from the data?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mode

from .cases import Case, Item
from .systems.base import System

# What the systems and items are paired by.
Cell = tuple[Item, System]


class DisagreementError(AssertionError):
    """A system gives a wrong answer, or asks more often than it may."""


def cells(items: Sequence[Item], systems: Sequence[System]) -> list[Cell]:
    """What can be asked of whom."""
    return [(item, system) for item in items for system in systems if hasattr(system, item.method)]


def verify(
    asked: Sequence[Cell], cases: Mapping[str, Sequence[Case]]
) -> dict[tuple[str, str], int]:
    """How many queries each question costs, by item and system; raises DisagreementError."""
    queries: dict[tuple[str, str], int] = {}
    for item, system in asked:
        counts = [ask(item, system, case) for case in cases[item.key]]
        # The first ones may fill caches of Django's, like that of the content types.
        queries[item.key, system.name] = count = mode(counts)
        limit = system.limits.get(item.key, count)
        if count > limit:
            raise DisagreementError(f"{system.name}: {item.title}: {count} queries, not {limit}")
    return queries


def ask(item: Item, system: System, case: Case) -> int:
    """The number of queries of one call that answered right."""
    with system.active():
        call = getattr(system, item.method)(case)
        with system.counting() as counter:
            answer = call.run()
        count = counter.count
        answer = call.read(answer)
        if call.undo:
            call.undo()
    if answer != case.expected:
        raise DisagreementError(f"{system.name}: {item.title}: {answer!r} to {case!r}")
    return count
