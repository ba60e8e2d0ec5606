"""The figures as tables of text."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from .cases import ITEMS, Item

Result = dict[str, Any]
RATIOS = (
    ("authkit", "raw"),
    ("authkit", "orm"),
    ("authkit-prepared", "raw"),
    ("guardian", "authkit"),
    ("emmett", "authkit"),
)


def summary(times: Sequence[float], queries: int) -> Result:
    """What is kept of the times of a cell."""
    p95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return {"median": median(times), "p95": p95, "queries": queries, "calls": len(times)}


def render(run: Result) -> str:
    """All tables of a run."""
    names = run["systems"]
    parts = [headline(run)]
    parts.append(grid("median (queries, where not one)", names, run, told_median))
    parts.append(grid("p95", names, run, lambda cell: duration(cell["p95"])))
    if pairs := [pair for pair in RATIOS if set(names).issuperset(pair)]:
        parts.append(ratios(run, pairs))
    if deletes := run["deletes"]:
        parts.append(told_deletes(deletes))
    return "\n\n".join(parts)


def render_quick(run: Result) -> str:
    """What holds at any size: who answers what with how many queries."""
    table = grid("queries", run["systems"], run, lambda cell: str(cell["queries"]))
    counts = [f"{name} {run['deletes'][name]['queries']}" for name in ("plain", "authkit")]
    return f"{headline(run)}\n\n{table}\n\nqueries of a bulk deletion: {', '.join(counts)}"


def headline(run: Result) -> str:
    """What was run on what."""
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    load = " ".join(f"{value:.1f}" for value in run["load"])
    return f"{run['database']}, size {run['size']}: {versions}; load {load}"


def told_median(cell: Result) -> str:
    """The median, and the queries unless there is one."""
    queries = "" if cell["queries"] == 1 else f" ({cell['queries']}q)"
    return duration(cell["median"]) + queries


def grid(title: str, names: Sequence[str], run: Result, told: Any) -> str:
    """A table of items and systems."""
    lines = [[title, *names]]
    for item in ITEMS:
        cells = [run["cells"].get(f"{item.key} {name}") for name in names]
        lines.append([item.title, *(told(cell) if cell else "-" for cell in cells)])
    return aligned(lines)


def ratios(run: Result, pairs: Sequence[tuple[str, str]]) -> str:
    """The table of the ratios of medians."""
    lines = [["ratio of medians", *(f"{above}/{below}" for above, below in pairs)]]
    lines += [[item.title, *(ratio(run, item, *pair) for pair in pairs)] for item in ITEMS]
    return aligned(lines)


def ratio(run: Result, item: Item, above: str, below: str) -> str:
    """How many times longer *above* takes than *below*."""
    cells = [run["cells"].get(f"{item.key} {name}") for name in (above, below)]
    return f"{cells[0]['median'] / cells[1]['median']:.2f}" if all(cells) else "-"


def told_deletes(deletes: Result) -> str:
    """The line of the deletions."""
    plain, ours = deletes["plain"], deletes["authkit"]
    return (
        f"deleting {deletes['rows']} rows without grants: "
        f"plain Django {told_run(plain)}, with authkit {told_run(ours)}, "
        f"ratio {ours['seconds'] / plain['seconds']:.2f}"
    )


def told_run(run: Result) -> str:
    """Time and queries of a deletion."""
    return f"{duration(run['seconds'])} ({run['queries']}q)"


def duration(seconds: float) -> str:
    """In the unit that suits it."""
    for unit, factor in (("s", 1), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e6:.2f} µs"


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rows = [[text.rjust(width) for text, width in zip(line, widths, strict=True)] for line in lines]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *row[1:]])
        for line, row in zip(lines, rows, strict=True)
    )
