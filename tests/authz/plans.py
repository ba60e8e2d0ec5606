"""Tables of a realistic size, and what a database does to answer a statement."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model

from authkit.models import Group, Membership, Permission
from authkit.models.targets import Target
from tests.blog.models import Picture, Post

User: Any = get_user_model()
TABLES: list[Any] = [Permission, Membership, Picture, Post, Group, User]
# Read as a whole these are no fault: a list of them may hold most of them.
LISTED = {Post._meta.db_table, Picture._meta.db_table, Group._meta.db_table}
if connection.vendor == "postgresql":
    # A few thousand users it rather reads than looks up.
    LISTED.add(User._meta.db_table)
Statements = list[tuple[str, Any]]


def fill(size: int) -> None:
    """Store *size* grants, nearly all of them on records, and as many memberships."""
    chance = random.Random(size)
    users = [User(username=f"u{i}", username_key=f"u{i}", password="!") for i in range(size // 8)]
    _store(User, users)
    _store(Group, [Group(name=f"g{i}") for i in range(size // 60)])
    _store(Post, [Post() for _ in range(size // 4)])
    _store(Picture, [Picture() for _ in range(size // 8)])
    groups = [*Group.objects.values_list("pk", flat=True)]
    members = User.objects.values_list("pk", flat=True)
    _store(
        Membership,
        [Membership(user_id=pk, group_id=g) for pk in members for g in chance.sample(groups, 8)],
    )
    posts = Target.of_keys(Post, Post.objects.values_list("pk", flat=True))
    pictures = Target.of_keys(Picture, Picture.objects.values_list("pk", flat=True))
    records = posts + pictures
    chosen = {
        (chance.choice(groups), chance.choice(["read", "write"]), chance.choice(records))
        for _ in range(size)
    }
    chosen |= {(group, "list", Target.of(Post)) for group in groups[::3]}
    chosen |= {(group, "publish", Target()) for group in groups[::3]}
    _store(
        Permission,
        [
            Permission(group_id=group, name=name, target_key=on.key, **on._asdict())
            for group, name, on in chosen
        ],
    )
    analyze()


def _store(model: type[Model], rows: list[Any]) -> None:
    model._base_manager.bulk_create(rows, batch_size=5000)


def empty() -> None:
    for model in TABLES:
        model._base_manager.all()._raw_delete("default")
    analyze()


def analyze() -> None:
    """Tell the planner how the tables are filled."""
    with connection.cursor() as cursor:
        for model in TABLES:
            word = "ANALYZE TABLE" if connection.vendor == "mysql" else "ANALYZE"
            cursor.execute(f"{word} {model._meta.db_table}")


@contextmanager
def listening() -> Iterator[Statements]:
    """The statements of the block, with their parameters."""
    heard: Statements = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        heard.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield heard


def scans(sql: str, params: Any) -> list[str]:
    """What is read from beginning to end to answer the statement."""
    return SCANS[connection.vendor](sql, params)


def _rows(words: str, sql: str, params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{words} {sql}", params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _sqlite(sql: str, params: Any) -> list[str]:
    steps = [row[3] for row in _rows("EXPLAIN QUERY PLAN", sql, params)]
    whole = [step for step in steps if step.startswith("SCAN ") and step != "SCAN CONSTANT ROW"]
    return [step for step in whole if step.split()[1] not in LISTED]


def _postgresql(sql: str, params: Any) -> list[str]:
    plan = _rows("EXPLAIN (FORMAT JSON)", sql, params)[0][0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return [*_whole(plan[0]["Plan"])]


def _whole(node: dict[str, Any]) -> Iterator[str]:
    scan = "Relation Name" in node or node["Node Type"].endswith("Index Scan")
    sought = "Index Cond" in node or node["Node Type"] in {"Bitmap Heap Scan", "ModifyTable"}
    if scan and not sought and node.get("Relation Name") not in LISTED:
        yield f"{node['Node Type']} of {node.get('Relation Name')}"
    for part in node.get("Plans", ()):
        yield from _whole(part)


def _mariadb(sql: str, params: Any) -> list[str]:
    rows = _rows("EXPLAIN", sql, params)
    whole = [(row[2], row[3]) for row in rows if row[3] in {"ALL", "index"}]
    return [f"{how} of {table}" for table, how in whole if table not in LISTED and table[0] != "<"]


SCANS: dict[str, Callable[[str, Any], list[str]]] = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mariadb,
}
