"""Emmett's auth, with the indexes added that its own migrations do not create."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connections
from emmett import App
from emmett.orm import Database
from emmett.tools import Auth
from emmett.tools.auth import AuthUser

from benchmarks.authz.cases import Belongs, Check, Several
from benchmarks.authz.dataset import ACTIONS, DOC, MODELS, READ, Dataset
from benchmarks.authz.drivers import Driver, SqliteDriver

from .base import Call, Counter, System

INDEXES = (
    'CREATE INDEX emmett_m1 ON auth_memberships ("user", auth_group)',
    'CREATE INDEX emmett_m2 ON auth_memberships (auth_group, "user")',
    "CREATE INDEX emmett_p1 ON auth_permissions (table_name, name, record_id, auth_group)",
    "CREATE INDEX emmett_p2 ON auth_permissions (auth_group, table_name, name, record_id)",
)


class User(AuthUser):
    """With its default model, Emmett 2.8 looks for a column ``auth_user`` that is not there."""


class Emmett(System):
    """has_permission and has_membership; there are no lists and no bulk check."""

    name = "emmett"

    def __init__(self, folder: Path) -> None:
        app = App("bench", root_path=str(folder))
        app.log.setLevel(logging.ERROR)
        self.sqlite = folder / "emmett.sqlite3"
        app.config.db.uri = self._uri()
        app.config.auth.hmac_key = "a key of the benchmark"
        self.db = Database(app, auto_migrate=True)
        self.auth = Auth(app, self.db, user_model=User)

    def _uri(self) -> str:
        settings = connections["default"].settings_dict
        if connections["default"].vendor == "sqlite":
            # A file of its own: Emmett keeps a transaction open, which locks out writers.
            return f"sqlite://{self.sqlite}"
        return "postgres://{USER}@{HOST}:{PORT}/{NAME}".format_map(settings)

    def load(self, driver: Driver, data: Dataset) -> None:
        if isinstance(driver, SqliteDriver):
            with closing(SqliteDriver(str(self.sqlite))) as own:
                self._fill(own, data)
        else:
            self._fill(driver, data)

    def _fill(self, driver: Driver, data: Dataset) -> None:
        users = ((key, f"u{key}@example.com", "", "") for key in range(1, data.size.users + 1))
        driver.fill("users", ["id", "email", "first_name", "last_name"], users)
        groups = ((key, f"group {key}") for key in range(1, data.size.groups + 1))
        driver.fill("auth_groups", ["id", "role"], groups)
        driver.fill("auth_memberships", ["user", "auth_group"], data.memberships)
        grants = (
            (ACTIONS[action], MODELS[model], record, group)
            for model, action, record, group in data.grants
        )
        names = ["name", "table_name", "record_id", "auth_group"]
        driver.fill("auth_permissions", names, grants)
        for index in INDEXES:
            driver.ask(index)

    def close(self) -> None:
        for connection in self.db._adapter._connection_manager.connections_map.values():
            connection.close()

    def active(self) -> AbstractContextManager[object]:
        return self.db.connection()

    @contextmanager
    def counting(self) -> Iterator[Counter]:
        counter, adapter = Counter(), self.db._adapter
        adapter.execute = partial(counter, adapter.execute)
        try:
            yield counter
        finally:
            del adapter.execute

    def check(self, case: Check) -> Call:
        """has_permission, which loads the user itself."""
        words: tuple[Any, ...] = (ACTIONS[case.action], MODELS[case.model], case.record)
        return Call(partial(self.auth.has_permission, *words, user=case.user))

    # Nothing is remembered.
    again = check

    def belongs(self, case: Belongs) -> Call:
        """has_membership."""
        return Call(partial(self.auth.has_membership, case.group, user=case.user))

    def several(self, case: Several) -> Call:
        """has_permission in a loop."""
        ask, name, table = self.auth.has_permission, ACTIONS[READ], MODELS[DOC]
        user, records = case.user, case.records
        return Call(
            lambda: [key for key in records if ask(name, table, key, user=user)],
        )
