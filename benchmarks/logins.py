"""Logins a second through the page, beside the bare cost of one hash, in one run.

    python -m benchmarks.logins [--seconds 10]

Prints both and their ratio: what everything but the hash costs. In-process, one thread, with the
real hasher; the database is that of tests.settings (SQLite, or the one AUTHKIT_TEST_DB names).
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django
from django.conf import settings

PASSWORD = "correct horse battery staple"


def milliseconds(work: Callable[[], object], seconds: float) -> float:
    """The median time of *work*, called for *seconds*."""
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main(seconds: float) -> None:
    """Measure and print."""
    settings.PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]
    # Limits are what a benchmark would measure otherwise.
    settings.ACCOUNT_RATE_LIMITS = False
    django.setup()
    from django.contrib.auth import get_user_model
    from django.contrib.auth.hashers import check_password, make_password
    from django.test import Client
    from django.test.runner import DiscoverRunner
    from django.urls import reverse

    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        model = get_user_model()
        hashed = make_password(PASSWORD)
        # Many people, for allauth looks through all sessions of a person at each login.
        people = [model(email=f"u{n}@example.com", password=hashed) for n in range(500)]
        model.objects.bulk_create(people)
        turns = itertools.cycle(people)

        def hash_once() -> None:
            assert check_password(PASSWORD, hashed)

        def log_in() -> None:
            data = {"login": next(turns).email, "password": PASSWORD}
            assert Client().post(reverse("account_login"), data).status_code == 302

        hash_once(), log_in()
        bare, whole = milliseconds(hash_once, seconds / 2), milliseconds(log_in, seconds)
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
    print(f"one hash   {bare:7.2f} ms   {1000 / bare:7.1f} /s")
    print(f"one login  {whole:7.2f} ms   {1000 / whole:7.1f} /s   {whole / bare:.2f} × the hash")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    main(parser.parse_args().seconds)
