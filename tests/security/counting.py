"""A hasher that counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from tests.hashers import FastArgon2idHasher

PATH = "tests.security.counting.CountingHasher"


class CountingHasher(FastArgon2idHasher):
    """The tests' hasher; ``done`` is every password that was hashed, to set it or to check it."""

    done: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.done.append(password)
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.done.append(password)
        return super().verify(password, encoded)


def hashes(action: Callable[[], Any]) -> int:
    """How many hashes *action* computes."""
    before = len(CountingHasher.done)
    action()
    return len(CountingHasher.done) - before
