"""Times calls: short blocks of one system and question, shuffled, in several passes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from time import perf_counter

from .cases import Case, Granting
from .verify import Cell

PASSES = 3
BLOCK = 10  # calls of one system after another
SECONDS = 3.0  # at most for a question to a system in a pass

# Seconds of each call, or of each row of it, by item and system.
Times = dict[tuple[str, str], list[float]]


def measure(asked: Sequence[Cell], cases: Mapping[str, Sequence[Case]]) -> Times:
    """The times of all calls."""
    times: Times = defaultdict(list)
    rng = random.Random(2)
    for _pass in range(PASSES):
        blocks = [
            (cell, cases[cell[0].key][start : start + BLOCK])
            for cell in asked
            for start in range(0, len(cases[cell[0].key]), BLOCK)
        ]
        rng.shuffle(blocks)
        spent: dict[tuple[str, str], float] = defaultdict(float)
        for cell, some in blocks:
            key = cell[0].key, cell[1].name
            if spent[key] < SECONDS:
                taken = time_block(cell, some)
                spent[key] += sum(taken)
                times[key] += [time / rows(case) for time, case in zip(taken, some, strict=True)]
    return times


def time_block(cell: Cell, cases: Sequence[Case]) -> list[float]:
    """The seconds of each call; users and records are loaded anew, before the clock starts."""
    item, system = cell
    taken = []
    with system.active():
        for call in [getattr(system, item.method)(case) for case in cases]:
            start = perf_counter()
            call.run()
            taken.append(perf_counter() - start)
            if call.undo:
                call.undo()
    return taken


def rows(case: Case) -> int:
    """What the time of the call is divided by."""
    return case.expected if isinstance(case, Granting) else 1
