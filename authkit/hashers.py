"""Password hashing parameters; the hashing itself is argon2-cffi's through Django."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's first recommended parameters.

    Cost: 19 MiB and two passes a hash; a quarter of Django's default memory, because many logins
    run at once. Source: OWASP Password Storage Cheat Sheet.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
