"""The bare drivers: how the floor asks, and how every system's tables are filled."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db import connections

Row = Sequence[Any]
# As the suite's SQLite has it, plus room to build indexes in.
PRAGMAS = ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-400000")


class Driver(Protocol):
    """A connection without Django."""

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows that a prepared statement answers; parameters are spelled ``%s``."""

    def insert(self, sql: str, rows: Sequence[Row]) -> None:
        """Run an INSERT for many rows, in one transaction."""

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Put rows into a table the fastest way, without looking at foreign keys."""

    def settle(self) -> None:
        """What the server would do some time after loading."""

    def close(self) -> None:
        """Let go of the database."""


class SqliteDriver:
    """The standard library's sqlite3, which keeps prepared statements by their text."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self.connection.execute(f"PRAGMA {pragma}")
        self.cursor = self.connection.cursor()

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.cursor.execute(sql, values).fetchall()

    def insert(self, sql: str, rows: Sequence[Row]) -> None:
        self.cursor.execute("BEGIN IMMEDIATE")
        self.cursor.executemany(sql, rows)
        self.cursor.execute("COMMIT")

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        self.cursor.execute("PRAGMA foreign_keys=OFF")
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{name}"' for name in columns)
        self.insert(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
        self.cursor.execute("PRAGMA foreign_keys=ON")

    def settle(self) -> None:
        """No statistics, for Django does not gather any; and its connections' cache from now on."""
        self.connection.execute("PRAGMA cache_size=-2000")

    def close(self) -> None:
        self.connection.close()


class PostgresDriver:
    """psycopg, with every statement prepared."""

    def __init__(self, settings: dict[str, Any]) -> None:
        import psycopg
        from psycopg.types.numeric import Int8Dumper

        self.connection = psycopg.connect(conninfo(settings), autocommit=True)
        # Otherwise each number would be of the smallest type that holds it, and there would be a
        # prepared statement for every combination.
        self.connection.adapters.register_dumper(int, Int8Dumper)
        self.cursor = self.connection.cursor()

    def ask(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        cursor = self.cursor.execute(sql, values, prepare=True)
        return cursor.fetchall() if cursor.description else []

    def insert(self, sql: str, rows: Sequence[Row]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        self.cursor.execute(sql, columns, prepare=True)

    def fill(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        self.cursor.execute("SET session_replication_role = replica")
        with self.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        self.cursor.execute("SET session_replication_role = origin")

    def settle(self) -> None:
        self.cursor.execute("VACUUM ANALYZE")

    def close(self) -> None:
        self.connection.close()


def conninfo(settings: dict[str, Any]) -> str:
    """Django's settings of a PostgreSQL database, as libpq reads them."""
    keys = {"host": "HOST", "port": "PORT", "user": "USER", "dbname": "NAME"}
    return " ".join(f"{key}={settings[name]}" for key, name in keys.items())


def connect() -> Driver:
    """A connection of its own to the database that Django uses."""
    settings = connections["default"].settings_dict
    if connections["default"].vendor == "sqlite":
        return SqliteDriver(str(settings["NAME"]))
    return PostgresDriver(settings)
