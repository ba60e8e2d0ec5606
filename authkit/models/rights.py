"""What Django's admin and third parties ask a user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.contrib.auth import get_backends
from django.core.exceptions import PermissionDenied
from django.db import models

from authkit.conf import get_conf

from .status import Status


class Rights:
    """Asks the backends, on behalf of a user who is active and may not do everything."""

    if TYPE_CHECKING:
        is_active: Any
        is_superuser: Any
        status: Any
        pk: Any
        _state: Any

    def _is_active(self) -> bool:
        return bool(self.is_active) and bool(self.status == Status.ACTIVE)

    def _may_everything(self) -> bool:
        stored = self.pk is not None and not self._state.adding
        return stored and bool(self.is_superuser) and get_conf().SUPERUSER_BYPASS

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether the user is active, and a superuser or granted *perm* by a backend."""
        if not self._is_active():
            return False
        if self._may_everything():
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
        if not self._is_active():
            return False
        if self._may_everything():
            return True
        for backend in get_backends():
            try:
                if hasattr(backend, "has_module_perms") and backend.has_module_perms(
                    self, app_label
                ):
                    return True
            except PermissionDenied:
                return False
        return False

    def get_all_permissions(self, obj: models.Model | None = None) -> set[str]:
        """Every right that a backend grants, as Django spells it; with *obj*, those on it."""
        return self._collect("get_all_permissions", obj)

    def get_group_permissions(self, obj: models.Model | None = None) -> set[str]:
        """Those that come from a group, as all of authkit's do."""
        return self._collect("get_group_permissions", obj)

    def get_user_permissions(self, obj: models.Model | None = None) -> set[str]:
        """Those that another backend gives to the user alone."""
        return self._collect("get_user_permissions", obj)

    def _collect(self, question: str, obj: models.Model | None) -> set[str]:
        found: set[str] = set()
        for backend in get_backends() if self._is_active() else ():
            if hasattr(backend, question):
                found |= set(getattr(backend, question)(self, obj))
        return found

    async def ahas_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """See has_perm()."""
        return await sync_to_async(self.has_perm)(perm, obj)

    async def ahas_perms(self, perm_list: Iterable[str], obj: models.Model | None = None) -> bool:
        """See has_perms()."""
        return await sync_to_async(self.has_perms)(perm_list, obj)

    async def ahas_module_perms(self, app_label: str) -> bool:
        """See has_module_perms()."""
        return await sync_to_async(self.has_module_perms)(app_label)

    async def aget_all_permissions(self, obj: models.Model | None = None) -> set[str]:
        """See get_all_permissions()."""
        return await sync_to_async(self.get_all_permissions)(obj)

    async def aget_group_permissions(self, obj: models.Model | None = None) -> set[str]:
        """See get_group_permissions()."""
        return await sync_to_async(self.get_group_permissions)(obj)

    async def aget_user_permissions(self, obj: models.Model | None = None) -> set[str]:
        """See get_user_permissions()."""
        return await sync_to_async(self.get_user_permissions)(obj)
