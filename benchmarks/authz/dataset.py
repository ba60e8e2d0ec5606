"""The data set: who is in which group, and what each group may do; the same for every system."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

# By position, as the ideal schema stores them.
MODELS = ("doc", "note", "task", "photo", "report")
ACTIONS = ("read", "write", "publish", "delete")
ACTION_WEIGHTS = (6, 2, 1, 1)
DOC, READ = MODELS.index("doc"), ACTIONS.index("read")

MEMBERSHIPS_EACH = 5
# Popularity falls with the rank to this power.
GROUPS_BY_GRANTS, GROUPS_BY_MEMBERS, RECORDS_BY_GRANTS = 0.8, 0.6, 0.7
# Docs that nothing is granted on: one of so many.
UNTOUCHED = 50


@dataclass(frozen=True)
class Size:
    """How much of everything; keys count from 1."""

    users: int
    groups: int
    grants: int
    records: tuple[int, ...]
    leaves: int


SIZES = {
    "quick": Size(300, 30, 3_000, (2_000, 100, 100, 100, 100), leaves=5_000),
    "S": Size(10_000, 200, 50_000, (10_000, 2_500, 2_500, 2_500, 2_500), leaves=0),
    "L": Size(100_000, 2_000, 1_000_000, (200_000, *[50_000] * 4), leaves=100_000),
}


class Grant(NamedTuple):
    """A group's right on a record."""

    model: int
    action: int
    record: int
    group: int


def weights(count: int, exponent: float) -> list[float]:
    """The cumulated popularity of the ranks from 1 to *count*."""
    return list(accumulate(rank**-exponent for rank in range(1, count + 1)))


def skewed(rng: random.Random, items: Sequence[int], exponent: float, count: int) -> list[int]:
    """*count* of *items*, the earlier ones more often."""
    return rng.choices(items, cum_weights=weights(len(items), exponent), k=count)


def shuffled(rng: random.Random, count: int) -> list[int]:
    """The keys from 1 to *count* in an order that says nothing."""
    return rng.sample(range(1, count + 1), count)


class Dataset:
    """Memberships and grants, drawn with a fixed seed, and what follows from them."""

    def __init__(self, size: Size, seed: int = 1) -> None:
        self.size = size
        self.rng = random.Random(seed)
        ranked = [shuffled(self.rng, count) for count in size.records]
        unloved = len(ranked[DOC]) // UNTOUCHED
        self.untouched = ranked[DOC][-unloved:]
        self._records = [ranked[DOC][:-unloved], *ranked[1:]]
        # The groups with many members are not those with many grants.
        self._by_grants = shuffled(self.rng, size.groups)
        self._by_members = shuffled(self.rng, size.groups)
        self.groups_of = self._draw_memberships()
        self.grants = self._draw_grants()

    def _draw_memberships(self) -> dict[int, list[int]]:
        """The groups of each user."""
        result: dict[int, list[int]] = {}
        for user in range(1, self.size.users + 1):
            mine: set[int] = set()
            while (missing := MEMBERSHIPS_EACH - len(mine)) > 0:
                mine.update(self._some_groups(missing))
            result[user] = sorted(mine)
        return result

    def _some_groups(self, count: int) -> list[int]:
        return self.rng.choices(self._by_members, cum_weights=self._member_weights, k=count)

    @cached_property
    def _member_weights(self) -> list[float]:
        return weights(self.size.groups, GROUPS_BY_MEMBERS)

    def _draw_grants(self) -> list[Grant]:
        found: dict[Grant, None] = {}
        while (missing := self.size.grants - len(found)) > 0:
            found.update(dict.fromkeys(self._some_grants(missing)))
        return list(found)[: self.size.grants]

    def _some_grants(self, count: int) -> list[Grant]:
        rng, sizes = self.rng, self.size.records
        models = rng.choices(range(len(MODELS)), sizes, k=count)
        records = [
            iter(skewed(rng, keys, RECORDS_BY_GRANTS, models.count(model)))
            for model, keys in enumerate(self._records)
        ]
        actions = rng.choices(range(len(ACTIONS)), ACTION_WEIGHTS, k=count)
        groups = skewed(rng, self._by_grants, GROUPS_BY_GRANTS, count)
        return [
            Grant(model, action, next(records[model]), group)
            for model, action, group in zip(models, actions, groups, strict=True)
        ]

    @property
    def memberships(self) -> list[tuple[int, int]]:
        """(user, group) pairs."""
        return [(user, group) for user, groups in self.groups_of.items() for group in groups]

    # The answers

    @cached_property
    def members_of(self) -> dict[int, list[int]]:
        """The users of each group."""
        result: dict[int, list[int]] = defaultdict(list)
        for user, group in self.memberships:
            result[group].append(user)
        return result

    @cached_property
    def holders_of(self) -> dict[tuple[int, int, int], set[int]]:
        """The groups that hold a right on a record, by (model, action, record)."""
        result: dict[tuple[int, int, int], set[int]] = defaultdict(set)
        for grant in self.grants:
            result[grant[:3]].add(grant.group)
        return result

    @cached_property
    def docs_of(self) -> dict[int, list[int]]:
        """The docs that each group may read."""
        result: dict[int, list[int]] = defaultdict(list)
        for grant in self.grants:
            if grant.model == DOC and grant.action == READ:
                result[grant.group].append(grant.record)
        return result

    def may(self, user: int, model: int, action: int, record: int) -> bool:
        """Whether *user* has the right."""
        holders = self.holders_of.get((model, action, record), set())
        return not holders.isdisjoint(self.groups_of[user])

    def readable(self, user: int) -> list[int]:
        """The docs that *user* may read, in order."""
        return sorted({doc for group in self.groups_of[user] for doc in self.docs_of[group]})

    def readers(self, doc: int) -> list[int]:
        """The users who may read *doc*, in order."""
        groups = self.holders_of.get((DOC, READ, doc), set())
        return sorted({user for group in groups for user in self.members_of[group]})
