"""Deletes many records of a model that nothing is granted on, beside one that authkit ignores."""

from __future__ import annotations

from statistics import median
from time import perf_counter
from typing import Any

from django.db import connection, models

from .drivers import Driver
from .loading import fill_records
from .project.models import Leaf, PlainLeaf
from .systems.base import Counter

REPEATS = 3


def measure_deletes(driver: Driver, count: int) -> dict[str, Any]:
    """The median seconds and the queries for *count* rows of either kind."""
    kinds = {"plain": PlainLeaf, "authkit": Leaf}
    taken: dict[str, list[tuple[float, int]]] = {name: [] for name in kinds}
    for _repeat in range(REPEATS):
        for name, model in kinds.items():
            fill_records(driver, model, count)
            driver.settle()
            taken[name].append(delete_all(model))
    result: dict[str, Any] = {"rows": count}
    for name, runs in taken.items():
        seconds = median(seconds for seconds, _queries in runs)
        result[name] = {"seconds": seconds, "queries": runs[-1][1]}
    return result


def delete_all(model: type[models.Model]) -> tuple[float, int]:
    """The seconds and the queries that it took."""
    counter = Counter()
    with connection.execute_wrapper(counter):
        start = perf_counter()
        model._default_manager.filter(pk__gt=0).delete()
        seconds = perf_counter() - start
    assert not model._default_manager.exists()
    return seconds, counter.count
