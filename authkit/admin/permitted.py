"""For a project's own models: who may see or change one record sees and changes that one."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.checks import CheckMessage
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from authkit.authz import lists, resolver
from authkit.authz.holders import holder_of
from authkit.checks.models import UNTARGETABLE
from authkit.models.targets import Target, is_targetable

from .inputs import AnyInputAdmin

if TYPE_CHECKING:
    InlineModelAdmin = admin.options.InlineModelAdmin[Any, Any]
else:
    InlineModelAdmin = object


class PermittedModelAdmin(AnyInputAdmin):
    """Lists what the visitor may view or change, and asks for each record by itself.

    Without a record the question is whether there is some; only that of adding is about the model.
    """

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        found = super().check(**kwargs)
        if is_targetable(self.model):
            return found
        return [*found, UNTARGETABLE(obj=type(self), model=self.opts.label)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        names = ["view", "change", *getattr(request, "_authkit_also", ())]
        if any(self._may_all(request, name) for name in names):
            return rows
        if not is_targetable(self.model):
            return rows.none()
        holder = holder_of(request.user)
        return reduce(or_, [lists.permitted(rows, holder, name) for name in names])

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        if self.list_editable and is_targetable(self.model):
            # Each row with fields to fill in is asked for; so all of them, at once, before.
            rows, rights = Target.of_records(changelist.result_list), self.opts.default_permissions
            resolver.may_each(holder_of(request.user), rights, rows)
        return changelist

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # No list has what may only be deleted, but this page does.
        request._authkit_also = ["delete"]  # type: ignore[attr-defined]
        return super().delete_view(request, *args, **kwargs)

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
        if self._may_all(request, name):
            return True
        if not is_targetable(self.model):
            return False
        return resolver.may_some(holder_of(request.user), name, Target.of(self.model))

    def _may_all(self, request: HttpRequest, name: str) -> bool:
        return bool(request.user.has_perm(self._perm(name)))

    def _perm(self, name: str) -> str:
        return f"{self.opts.app_label}.{get_permission_codename(name, self.opts)}"


class PermittedInlineMixin(InlineModelAdmin):
    """Rows that go with their record: who may view or change it may do so with them.

    The page of the record is asked, whatever else is granted on the rows.
    """

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self._page.has_view_permission(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_write(request, obj)

    def _may_write(self, request: HttpRequest, record: Any) -> bool:
        if record is None:
            return bool(self._page.has_add_permission(request))
        return bool(self._page.has_change_permission(request, record))

    @property
    def _page(self) -> Any:
        return self.admin_site.get_model_admin(self.parent_model)
