"""What is asked: samples of the data set, each with the answer that all systems must give."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from .dataset import ACTIONS, DOC, READ, Dataset

PAGE = 50
MANY = 100


class Check(NamedTuple):
    """May the user do it to the record?"""

    user: int
    model: int
    action: int
    record: int
    expected: bool


class Belongs(NamedTuple):
    """Is the user in the group?"""

    user: int
    group: int
    expected: bool


class Listing(NamedTuple):
    """Which docs may the user read: how many, or the keys of the first page?"""

    user: int
    expected: int | list[int]


class Readers(NamedTuple):
    """Who may read the doc?"""

    record: int
    expected: list[int]


class Several(NamedTuple):
    """Which of the docs may the user read?"""

    user: int
    records: list[int]
    expected: list[int]


class Granting(NamedTuple):
    """Each group gets each action on each doc; none of them is granted before."""

    groups: list[int]
    actions: list[int]
    records: list[int]

    @property
    def expected(self) -> int:
        """The number of rows."""
        return len(self.groups) * len(self.actions) * len(self.records)

    @property
    def rows(self) -> Iterator[tuple[int, int, int]]:
        """(action, record, group) of each grant."""
        for action in self.actions:
            for record in self.records:
                for group in self.groups:
                    yield action, record, group


Case = Check | Belongs | Listing | Readers | Several | Granting


def hits(data: Dataset) -> Iterator[Check]:
    """Checks that succeed: of somebody in the group of some grant."""
    while True:
        grant = data.rng.choice(data.grants)
        if members := data.members_of[grant.group]:
            yield Check(data.rng.choice(members), *grant[:3], expected=True)


def misses(data: Dataset) -> Iterator[Check]:
    """Checks that fail: of anybody, on a record that others have the right on."""
    while True:
        user, grant = data.rng.randint(1, data.size.users), data.rng.choice(data.grants)
        if not data.may(user, *grant[:3]):
            yield Check(user, *grant[:3], expected=False)


def memberships(data: Dataset) -> Iterator[Belongs]:
    """Half of them hold."""
    while True:
        user = data.rng.randint(1, data.size.users)
        mine = data.groups_of[user]
        yield Belongs(user, data.rng.choice(mine), expected=True)
        other = data.rng.randint(1, data.size.groups)
        yield Belongs(user, other, expected=other in mine)


def counts(data: Dataset) -> Iterator[Listing]:
    """The number of docs that anybody may read."""
    while True:
        user = data.rng.randint(1, data.size.users)
        yield Listing(user, len(data.readable(user)))


def pages(data: Dataset) -> Iterator[Listing]:
    """The first docs, by key, that anybody may read."""
    while True:
        user = data.rng.randint(1, data.size.users)
        yield Listing(user, data.readable(user)[:PAGE])


def readers(data: Dataset) -> Iterator[Readers]:
    """The people who may read a doc that somebody may read."""
    while True:
        doc = data.rng.randint(1, data.size.records[DOC])
        if expected := data.readers(doc):
            yield Readers(doc, expected)


def several(data: Dataset) -> Iterator[Several]:
    """Docs of which some may be read."""
    while True:
        user = data.rng.randint(1, data.size.users)
        mine = data.readable(user)
        records = set(data.rng.sample(mine, min(len(mine), MANY // 4)))
        while len(records) < MANY:
            records.add(data.rng.randint(1, data.size.records[DOC]))
        expected = sorted(records.intersection(mine))
        yield Several(user, sorted(records), expected)


def grantings(data: Dataset, groups: int = 5, records: int = 100) -> Iterator[Granting]:
    """Grants on docs that have none; READ and one more."""
    rng = data.rng
    while True:
        yield Granting(
            rng.sample(range(1, data.size.groups + 1), groups),
            [READ, rng.randrange(1, len(ACTIONS))],
            rng.sample(data.untouched, min(records, len(data.untouched))),
        )


class Item(NamedTuple):
    """A row of the table."""

    key: str
    title: str
    method: str  # of the systems
    source: Callable[[Dataset], Iterator[Case]]
    heavy: bool = False  # takes so long that fewer samples must do


ITEMS = (
    Item("hit", "has_permission, hit", "check", hits),
    Item("miss", "has_permission, miss", "check", misses),
    Item("membership", "has_membership", "belongs", memberships),
    Item("count", "permitted, count", "count", counts),
    Item("page", f"permitted, first {PAGE}", "page", pages),
    Item("readers", "who may read a record", "readers", readers, heavy=True),
    Item("many", f"check_many, {MANY} records", "several", several, heavy=True),
    Item("grants", "grant in bulk, per row", "grant", grantings, heavy=True),
    Item("again", "the same check again", "again", hits),
)


def draw(item: Item, data: Dataset, count: int) -> list[Case]:
    """The first *count* cases of *item*."""
    return list(islice(item.source(data), count))
