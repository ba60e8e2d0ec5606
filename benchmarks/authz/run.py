"""One run on one database, the one that the environment names: ``benchmarks.authz`` starts it."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.authz.project.settings"

import django

if TYPE_CHECKING:
    from .drivers import Driver
    from .systems.base import System

PACKAGES = ("django", "django-guardian", "emmett", "psycopg")
# Calls of a question in a pass, and of one that is heavy.
CALLS = {"quick": (5, 2), "S": (150, 30), "L": (150, 30)}
# How many of them are verified before.
VERIFIED = 30


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, flush=True)


def main(words: Sequence[str] | None = None) -> None:
    """Make the database, run, and drop it."""
    options = parse(words)
    django.setup()
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases(serialized_aliases=set())
    try:
        with tempfile.TemporaryDirectory(prefix="authkit-bench-") as folder, ExitStack() as stack:
            result = run(options.size, options.without, Path(folder), stack)
    finally:
        runner.teardown_databases(databases)
    options.report.write_text(json.dumps(result))


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("report", type=Path)
    parser.add_argument("--size", required=True)
    parser.add_argument("--without", action="append", default=[])
    return parser.parse_args(words)


def run(size: str, without: Sequence[str], folder: Path, stack: ExitStack) -> dict[str, Any]:
    """Seed, verify, measure, report; *stack* closes what was opened."""
    from .cases import ITEMS, draw
    from .dataset import SIZES, Dataset
    from .deleting import measure_deletes
    from .drivers import connect
    from .measure import measure
    from .report import render, render_quick, summary
    from .verify import cells, verify

    data, driver = Dataset(SIZES[size]), connect()
    stack.callback(driver.close)
    systems = make_systems(driver, without, folder)
    for system in systems:
        stack.callback(system.close)
    seed(driver, data, systems)
    cases = {item.key: draw(item, data, CALLS[size][item.heavy]) for item in ITEMS}
    asked = cells(ITEMS, systems)
    queries = verify(asked, {key: some[:VERIFIED] for key, some in cases.items()})
    say("all systems agree")
    # What is loaded by now shall not be looked through by the garbage collector again and again.
    gc.collect(), gc.freeze()
    times = measure(asked, cases)
    result = {
        "size": size,
        **surroundings(driver),
        "systems": [system.name for system in systems],
        "cells": {" ".join(key): summary(some, queries[key]) for key, some in times.items()},
        "deletes": data.size.leaves and measure_deletes(driver, data.size.leaves),
    }
    say("\n" + (render_quick if size == "quick" else render)(result))
    return result


def make_systems(driver: Driver, without: Sequence[str], folder: Path) -> list[System]:
    """The systems that are asked, in the order of the tables."""
    from django.db import connection

    from .systems.orm import Orm
    from .systems.raw import Raw

    systems: list[System] = [Raw(driver, connection.vendor), Orm()]
    if "authkit" not in without:
        from .systems.authkit import Authkit, Prepared

        systems += [Authkit(), Prepared()] if connection.vendor == "postgresql" else [Authkit()]
    if "guardian" not in without:
        from .systems.guardian import Guardian

        systems.append(Guardian())
    if "emmett" not in without:
        from .systems.emmett import Emmett

        systems.append(Emmett(folder))
    return systems


def seed(driver: Driver, data: Any, systems: Sequence[System]) -> None:
    """Fill all tables."""
    from .loading import fill_people, fill_records
    from .project.models import RECORDS

    start = perf_counter()
    fill_people(driver, data.size.users)
    for model, count in zip(RECORDS, data.size.records, strict=True):
        fill_records(driver, model, count)
    for system in systems:
        system.load(driver, data)
    driver.settle()
    say(f"seeded in {perf_counter() - start:.1f} s")


def surroundings(driver: Driver) -> dict[str, Any]:
    """Versions and the machine's load."""
    from django.db import connection

    postgres = connection.vendor == "postgresql"
    sql = "SHOW server_version" if postgres else "SELECT sqlite_version()"
    database = f"{connection.display_name} {driver.ask(sql)[0][0].split()[0]}"
    versions = {"Python": platform.python_version()}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return {"database": database, "versions": versions, "load": os.getloadavg()}


if __name__ == "__main__":
    main()
