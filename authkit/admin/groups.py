"""The administration of groups."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from authkit.models import get_membership_model, get_permission_model
from authkit.models.expiry import in_force

from .base import AuthkitAdmin
from .deletion import Deleted, deleted_with
from .memberships import MembersInline
from .permissions import PermissionsInline
from .ranks import ask_once, is_unlimited, may_touch, may_view_user
from .search import text_matches


def _count(model: Any) -> Coalesce:
    """How many rows of *model* in force a group has; two joins would multiply each other."""
    rows = model._default_manager.filter(in_force(), group=OuterRef("pk")).order_by()
    return Coalesce(Subquery(rows.values("group").annotate(n=Count("pk")).values("n")), 0)


def _without_rows(message: str) -> str:
    """A message of Django's history without the texts of memberships and permissions."""
    if not message.startswith("["):
        return message
    parts = json.loads(message)
    for part in parts:
        for what in part.values():
            if "object" in what:
                what["object"] = "…"
    return json.dumps(parts)


class GroupAdmin(AuthkitAdmin):
    """Groups with their members and permissions."""

    fields = ("name", "description")
    list_display = ("name", "summary", "members", "permissions")
    ordering = ("name",)
    search_fields = ("name",)

    def matches(self, word: str) -> Q:
        return text_matches("name", word) | text_matches("description", word)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counts = {
            "member_count": _count(get_membership_model()),
            "permission_count": _count(get_permission_model()),
        }
        groups: QuerySet[Any] = super().get_queryset(request).annotate(**counts)
        return groups

    @admin.display(description=_("description"))
    def summary(self, group: Any) -> str:
        """The beginning of the description."""
        return Truncator(group.description).chars(80)

    @admin.display(description=_("members"), ordering="member_count")
    def members(self, group: Any) -> Any:
        """How many there are at present, with the way to their list."""
        return self._link(get_membership_model(), group, group.member_count)

    @admin.display(description=_("permissions"), ordering="permission_count")
    def permissions(self, group: Any) -> Any:
        """How many there are at present, with the way to their list."""
        return self._link(get_permission_model(), group, group.permission_count)

    def _link(self, model: Any, group: Any, count: int) -> Any:
        if not self.admin_site.is_registered(model):
            return count
        # A number alone says nothing to whoever jumps from link to link.
        return format_html(
            '<a href="{}?group={}">{} <span class="visually-hidden">{}: {}</span></a>',
            self.url_of("changelist", model=model),
            group.pk,
            count,
            model._meta.verbose_name_plural,
            group.name,
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name", "description", "members", "permissions") if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The name is a right in itself: code asks for members of the group of this name.
        fixed = obj and not is_unlimited(request.user)
        return ("name", "members", "permissions") if fixed else ("members", "permissions")

    def reaches(self, request: HttpRequest, row: Any) -> bool:
        return ask_once(may_touch, request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Deleted:
        return deleted_with(objs, request, self.admin_site)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        response = super().history_view(request, object_id, extra_context)
        if not may_view_user(self.admin_site, request):
            for entry in getattr(response, "context_data", {}).get("action_list", ()):
                entry.change_message = _without_rows(entry.change_message)
        return response

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        inlines: list[Any] = [MembersInline, PermissionsInline]
        return [inline for inline in inlines if obj is None or inline.fits(obj)]
