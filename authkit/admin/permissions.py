"""The administration of permissions, on pages of their own and within groups."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.models import get_permission_model

from .base import ExpiringAdmin
from .filters import ExpiryFilter, GroupFilter
from .ranks import ask_each, ask_once, holds, holds_now, may_view_user
from .rows import RowForm, RowsInline
from .search import text_matches
from .targets import TargetForm, in_words, record_key
from .why import WhyForm, answers, of_group


class PermissionForm(TargetForm):
    """A grant; once given, only its end may change."""

    key_fields: ClassVar[tuple[str, ...]] = ("group", "name")

    def clean(self) -> dict[str, Any]:
        """Below superusers nobody gives what they lack, or for longer than they have it."""
        cleaned = super().clean()
        if self.changes_nothing():
            return cleaned
        for name in ("name", "content_type"):
            if name in cleaned:
                setattr(self.instance, name, cleaned[name])
        if not self.errors and not holds(self.actor, self.instance, cleaned.get("expires_at")):
            raise ValidationError(
                _("You can only give a right that you have yourself, for as long as you have it."),
                code="not_allowed",
            )
        return cleaned


class PermissionRowForm(RowForm, PermissionForm):
    """A grant in a row of a table."""

    def clean_deletion(self) -> None:
        if not holds_now(self.actor, self.instance):
            raise ValidationError(
                _("This group has rights that you do not have yourself."), code="not_allowed"
            )


class PermissionsInline(RowsInline):
    """The permissions of a group."""

    model = get_permission_model()
    form = PermissionRowForm
    fk_name = "group"
    fields = ("name", "content_type", "record", "expires_at")
    related = ("group", "content_type")

    @admin.display(description=gettext_lazy("record"))
    def record(self, row: Any) -> str:
        """The key of the record, in the rows that are there already."""
        return record_key(row)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # A grant is taken back and given anew; its end is on its own page.
        return False


class PermissionAdmin(ExpiringAdmin):
    """Which group may do what, and on what."""

    form = PermissionForm
    change_list_template = "admin/authkit/permission_change_list.html"
    raw_id_fields = ("group",)
    list_display = ("name", "group", "target_in_words", "expires_at", "in_force")
    list_filter = (GroupFilter, ExpiryFilter, ("content_type", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("group__owner", "content_type")
    ordering = ("-pk",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Name of the permission or of the group.")

    def matches(self, word: str) -> models.Q:
        return text_matches("name", word) | text_matches("group__name", word)

    @admin.display(description=gettext_lazy("on"), ordering="target_key")
    def target_in_words(self, row: Any) -> str:
        """Every record of a model, one of them, or none at all."""
        return in_words(row)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @admin.display(description=gettext_lazy("group"), ordering="group__name")
        def group(row: Any) -> Any:
            return of_group(row.group, partial(may_view_user, self.admin_site, request))

        return [group if name == "group" else name for name in super().get_list_display(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("group", "name", "target_in_words", "expires_at")
        return ("group", "name", "content_type", "record", "expires_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("group", "name", "target_in_words") if obj else ()

    def reaches(self, request: HttpRequest, row: Any) -> bool:
        return ask_once(holds_now, request, row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        ask_each(request, objs)
        return super().get_deleted_objects(objs, request)

    # Who may, and why

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.why_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_why"
        return [path("why/", view, name=name), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"why_url": self.url_of("why"), **(extra_context or {})}
        return super().changelist_view(request, context)

    def why_view(self, request: HttpRequest) -> HttpResponse:
        """Who may do something, and why; about users for those who may look at them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        may_view = partial(may_view_user, self.admin_site, request)
        form: Any = WhyForm(request.GET if "name" in request.GET else None, may_view=may_view)
        found = answers(form.cleaned_data, may_view) if form.is_valid() else {}
        context = {
            **self.admin_site.each_context(request),
            "title": _("Who may, and why?"),
            "opts": self.opts,
            "list_url": self.url_of("changelist"),
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": list(form.fields)})], {}),
            "media": self.media,
            "shows_users": may_view(None),
            **found,
        }
        return TemplateResponse(request, "admin/authkit/permission_why.html", context)
