"""The tests' password hasher."""

from __future__ import annotations

from authkit.hashers import Argon2idHasher


class FastArgon2idHasher(Argon2idHasher):
    """argon2id at its smallest: the tests set hundreds of passwords."""

    time_cost = 1
    memory_cost = 8  # KiB, the least that argon2 takes
    parallelism = 1
