"""A backend that grants what a test wants, beside that of the project."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib.auth.backends import BaseBackend

GRANTED: dict[Any, set[str]] = defaultdict(set)

ALL = frozenset(
    f"authkit.{question}_{model}"
    for question in ("view", "add", "change", "delete")
    for model in ("user", "group", "membership", "permission", "event", "tag", "mail")
)


class GrantingBackend(BaseBackend):
    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set(GRANTED[user_obj.pk]) if user_obj.is_active else set()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return user_obj.is_active and perm in GRANTED[user_obj.pk]

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(name.startswith(f"{app_label}.") for name in GRANTED[user_obj.pk])
