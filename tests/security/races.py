"""Several people at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connection


def at_once(actions: list[Callable[[], Any]]) -> list[Any]:
    """What *actions* answer when they start at the same moment, each on its own connection."""
    barrier = Barrier(len(actions))
    answers: list[Any] = [None] * len(actions)

    def run(number: int) -> None:
        barrier.wait()
        try:
            answers[number] = actions[number]()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[number]) for number in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
