"""The floor: one prepared statement over the ideal schema, on the bare driver."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any

from benchmarks.authz.cases import PAGE, Belongs, Check, Granting, Listing, Readers, Several
from benchmarks.authz.dataset import DOC, READ, Dataset
from benchmarks.authz.drivers import Driver

from .base import Call, Counter, System, first_of_each
from .floor import fill_ideal

# The CROSS keeps SQLite, which has no statistics, from beginning at the wrong end.
CHECK = """
SELECT 1 FROM bench_idealmembership m CROSS JOIN bench_idealgrant g
WHERE m.user_id = %s AND g.group_id = m.group_id
    AND g.model = %s AND g.action = %s AND g.record = %s
LIMIT 1
"""
BELONGS = "SELECT 1 FROM bench_idealmembership WHERE user_id = %s AND group_id = %s"
# The ideal schema vouches for its records, so that they need not be looked up to be counted.
COUNT = """
SELECT count(DISTINCT g.record) FROM bench_idealmembership m CROSS JOIN bench_idealgrant g
WHERE m.user_id = %s AND g.group_id = m.group_id AND g.model = %s AND g.action = %s
"""
PAGE_OF = f"""
SELECT id, title FROM bench_doc WHERE id IN (
    SELECT g.record FROM bench_idealmembership m CROSS JOIN bench_idealgrant g
    WHERE m.user_id = %s AND g.group_id = m.group_id AND g.model = %s AND g.action = %s
) ORDER BY id LIMIT {PAGE}
"""
READERS = """
SELECT DISTINCT m.user_id FROM bench_idealgrant g CROSS JOIN bench_idealmembership m
WHERE g.model = %s AND g.action = %s AND g.record = %s AND m.group_id = g.group_id
"""
SEVERAL = """
SELECT DISTINCT g.record FROM bench_idealmembership m CROSS JOIN bench_idealgrant g
WHERE m.user_id = %s AND g.group_id = m.group_id
    AND g.model = %s AND g.action = %s AND g.record {one_of}
"""
GRANT = """
INSERT INTO bench_idealgrant (model, action, record, group_id) {rows} ON CONFLICT DO NOTHING
"""
COUNT_GRANTS = "SELECT count(*) FROM bench_idealgrant WHERE model = %s AND record {one_of}"
REVOKE = "DELETE FROM bench_idealgrant WHERE model = %s AND record {one_of}"


class Raw(System):
    """The statements as the vendor spells their parameters."""

    name = "raw"

    def load(self, driver: Driver, data: Dataset) -> None:
        fill_ideal(driver, data)

    def __init__(self, driver: Driver, vendor: str) -> None:
        self.driver = driver
        self.postgres = vendor == "postgresql"

    def counting(self) -> AbstractContextManager[Counter]:
        """One statement each, by construction."""
        counter = Counter()
        counter.count = 1
        return nullcontext(counter)

    def _bound(self, sql: str, *values: Any, keys: list[int] | None = None) -> partial[list[Any]]:
        """The statement with its values; *keys* stand at ``{one_of}``."""
        if keys is not None:
            marks = "= ANY(%s)" if self.postgres else f"IN ({', '.join(['%s'] * len(keys))})"
            sql = sql.format(one_of=marks)
            values = (*values, keys) if self.postgres else (*values, *keys)
        return partial(self.driver.ask, self._spelled(sql), values)

    def _spelled(self, sql: str) -> str:
        return sql if self.postgres else sql.replace("%s", "?")

    def check(self, case: Check) -> Call:
        """The question of ``has_permission``."""
        bound = self._bound(CHECK, case.user, case.model, case.action, case.record)
        return Call(bound, bool)

    def belongs(self, case: Belongs) -> Call:
        """The question of ``has_membership``."""
        return Call(self._bound(BELONGS, case.user, case.group), bool)

    def count(self, case: Listing) -> Call:
        """How many docs the user may read."""
        return Call(self._bound(COUNT, case.user, DOC, READ), lambda rows: rows[0][0])

    def page(self, case: Listing) -> Call:
        """The first docs that the user may read."""
        return Call(self._bound(PAGE_OF, case.user, DOC, READ), first_of_each)

    def readers(self, case: Readers) -> Call:
        """Who may read the doc."""
        bound = self._bound(READERS, DOC, READ, case.record)
        return Call(bound, lambda rows: sorted(first_of_each(rows)))

    def several(self, case: Several) -> Call:
        """Which docs the user may read."""
        bound = self._bound(SEVERAL, case.user, DOC, READ, keys=case.records)
        return Call(bound, lambda rows: sorted(first_of_each(rows)))

    def grant(self, case: Granting) -> Call:
        """Grants in bulk."""
        rows = [(DOC, *row) for row in case.rows]
        arrays = "SELECT * FROM unnest(%s, %s, %s, %s)"
        sql = GRANT.format(rows=arrays if self.postgres else "VALUES (%s, %s, %s, %s)")
        count = self._bound(COUNT_GRANTS, DOC, keys=case.records)
        return Call(
            partial(self.driver.insert, self._spelled(sql), rows),
            lambda nothing: count()[0][0],
            self._bound(REVOKE, DOC, keys=case.records),
        )
