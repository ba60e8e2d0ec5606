"""What the benchmark asks of a system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NamedTuple

from django.db import connections

from benchmarks.authz.dataset import Dataset
from benchmarks.authz.drivers import Driver
from benchmarks.authz.project import router
from benchmarks.authz.project.models import RECORDS, Person


def same(answer: Any) -> Any:
    """The answer as it is."""
    return answer


def first_of_each(rows: Any) -> list[Any]:
    """The first column, in the order of the rows."""
    return [row[0] for row in rows]


class Call(NamedTuple):
    """A question with everything at hand; only ``run`` is timed."""

    run: Callable[[], Any]
    read: Callable[[Any], Any] = same  # the answer in the form of the case's ``expected``
    undo: Callable[[], object] | None = None


class Counter:
    """Counts queries."""

    count = 0

    def __call__(self, execute: Callable[..., Any], *args: Any) -> Any:
        """Django's execute wrapper."""
        self.count += 1
        return execute(*args)


class System:
    """A system has a method for each question that it can answer."""

    name: str
    # How many queries a question may cost, by the item's key.
    limits: dict[str, int] = {}

    def load(self, driver: Driver, data: Dataset) -> None:
        """Fill the system's own tables."""

    def close(self) -> None:
        """Let go of the database."""

    def active(self) -> AbstractContextManager[object]:
        """Entered around a series of calls, and not timed."""
        return nullcontext()

    def counting(self) -> AbstractContextManager[Counter]:
        """Counts the queries of the calls within."""
        raise NotImplementedError


class DjangoSystem(System):
    """A system that asks through Django, with users and records as loaded from the database."""

    alias = "default"

    def close(self) -> None:
        connections[self.alias].close()

    def active(self) -> AbstractContextManager[object]:
        return router.using(self.alias)

    @contextmanager
    def counting(self) -> Iterator[Counter]:
        counter = Counter()
        with connections[self.alias].execute_wrapper(counter):
            yield counter

    def person(self, key: int) -> Person:
        """A user."""
        return Person.objects.get(pk=key)

    def record(self, model: int, key: int) -> Any:
        """A record."""
        return RECORDS[model]._default_manager.get(pk=key)
