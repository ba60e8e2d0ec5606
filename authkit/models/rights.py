"""What Django's admin and third parties ask a user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_backends
from django.core.exceptions import PermissionDenied
from django.db import models


class Rights:
    """Asks the backends, on behalf of a user who is active and no superuser."""

    if TYPE_CHECKING:
        is_active: Any
        is_superuser: Any

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the user is active and a superuser, or a backend grants *perm*."""
        if not self.is_active:
            return False
        if self.is_superuser:
            return True
        for backend in get_backends():
            try:
                if hasattr(backend, "has_perm") and backend.has_perm(self, perm, obj):  # type: ignore[arg-type]
                    return True
            except PermissionDenied:
                return False
        return False

    def has_perms(self, perm_list: Iterable[str], obj: models.Model | None = None) -> bool:
        """Whether the user has every one of *perm_list*."""
        if isinstance(perm_list, str):
            raise TypeError("has_perms() takes a list of permissions; has_perm() takes one.")
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the user has any right in the app."""
        if not self.is_active:
            return False
        return self.is_superuser or any(
            backend.has_module_perms(self, app_label)
            for backend in get_backends()
            if hasattr(backend, "has_module_perms")
        )

    async def ahas_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """See has_perm()."""
        return await sync_to_async(self.has_perm)(perm, obj)

    async def ahas_perms(self, perm_list: Iterable[str], obj: models.Model | None = None) -> bool:
        """See has_perms()."""
        return await sync_to_async(self.has_perms)(perm_list, obj)

    async def ahas_module_perms(self, app_label: str) -> bool:
        """See has_module_perms()."""
        return await sync_to_async(self.has_module_perms)(app_label)
