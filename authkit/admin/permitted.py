"""For a project's own models: who may see or change one record sees and changes that one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from authkit.authz import resolver
from authkit.authz.holders import holder_of
from authkit.models.targets import Target

from .base import ModelAdmin


class PermittedModelAdmin(ModelAdmin):
    """Lists what the visitor may view or change, and asks for each record by itself.

    Without a record the question is whether there is some; only that of adding is about the model.
    """

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        holder = holder_of(request.user)
        if any(self._may_all(request, name) for name in ("view", "change")):
            return rows
        viewed, changed = (resolver.permitted(rows, holder, name) for name in ("view", "change"))
        return viewed | changed

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj) or self._may(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        # A list with fields to fill in holds rows that may only be viewed.
        if change and not self.has_change_permission(request, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def _may(self, request: HttpRequest, name: str, obj: Any) -> bool:
        if obj is not None:
            return bool(request.user.has_perm(self._perm(name), obj))
        target = Target.of(self.model)
        return self._may_all(request, name) or resolver.may_some(
            holder_of(request.user), name, target
        )

    def _may_all(self, request: HttpRequest, name: str) -> bool:
        return bool(request.user.has_perm(self._perm(name)))

    def _perm(self, name: str) -> str:
        return f"{self.opts.app_label}.{get_permission_codename(name, self.opts)}"
