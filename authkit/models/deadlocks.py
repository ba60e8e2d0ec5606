"""What to do when two transactions wait for each other and the database ends one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connections

R = TypeVar("R")

# How often is tried what others undo or forestall at the same time.
TRIES = 10


def retry_on_deadlock(call: Callable[[], R], *, using: str) -> R:
    """What *call* returns; it is called again when it was the victim of a deadlock."""
    for _attempt in range(TRIES - 1):
        try:
            return call()
        except OperationalError as error:
            if not is_deadlock(error) or connections[using].in_atomic_block:
                raise
    return call()


def is_deadlock(error: OperationalError) -> bool:
    """Whether the database ended the transaction for the sake of another, on MariaDB or else."""
    state = getattr(error.__cause__, "sqlstate", None)
    return error.args[:1] == (1213,) or state in {"40001", "40P01"}
