"""The administration of memberships, on pages of their own and within users and groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.models import get_membership_model

from .base import ActorForm, ExpiringAdmin
from .filters import ExpiryFilter, GroupFilter
from .ranks import ask_once, may_hand_out, may_manage, may_view_user
from .rows import RowForm, RowsInline
from .search import text_matches, user_matches


class MemberMixin:
    """The key alone instead of the user, for those who may not view users."""

    @admin.display(description=gettext_lazy("user"), ordering="user")
    def member(self, row: Any) -> str:
        """The key of the user."""
        return str(row.user_id)

    def get_queryset(self: Any, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)  # type: ignore[misc]
        if may_view_user(self.admin_site, request):
            return rows
        # Each row is told, for its text is on every page.
        return rows.annotate(authkit_hides_user=models.Value(value=True))

    def _hiding(self: Any, request: HttpRequest, names: Any) -> tuple[Any, ...]:
        if may_view_user(self.admin_site, request):
            return tuple(names)
        return tuple("member" if name == "user" else name for name in names)


class PlainText(forms.Widget):
    """Shows what cannot be changed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return conditional_escape(self.text)


class MembershipForm(ActorForm):
    """Who and where are chosen once; until when may change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            for name in {"user", "group"} & set(self.fields):
                row, field = getattr(self.instance, name), self.fields[name]
                field.disabled, field.widget = True, PlainText(str(row))
                field.queryset = type(row)._default_manager.filter(pk=row.pk)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Below superusers only members add others, for no longer and nobody above them."""
        cleaned = super().clean() or self.cleaned_data
        if self.changes_nothing():
            return cleaned
        user = cleaned.get("user") or (self.instance.user if self.instance.user_id else None)
        group = cleaned.get("group") or (self.instance.group if self.instance.group_id else None)
        if user is None or group is None:
            return cleaned
        self.clean_rank(user)
        if not may_hand_out(self.actor, group, cleaned.get("expires_at")):
            raise ValidationError(
                _("You are not in this group yourself, or not for so long."), code="not_allowed"
            )
        return cleaned

    def clean_rank(self, user: Any) -> None:
        """Raises ValidationError: the member is above the one who fills in the form."""
        if not may_manage(self.actor, user):
            raise ValidationError(
                _("You may not manage a more privileged account."), code="not_allowed"
            )


class MembershipRowForm(RowForm, MembershipForm):
    """A membership in a row of a table."""

    def clean_deletion(self) -> None:
        self.clean_rank(self.instance.user)


class MembershipInline(RowsInline):
    """Memberships within the page of a user or a group."""

    model = get_membership_model()
    form = MembershipRowForm
    related = ("user", "group")


class MembersInline(MemberMixin, MembershipInline):
    """The members of a group."""

    fk_name = "group"
    fields = ("user", "expires_at")
    raw_id_fields = ("user",)
    verbose_name = gettext_lazy("member")
    verbose_name_plural = gettext_lazy("members")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return self._hiding(request, self.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("member",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Whoever may not view users has none to choose.
        may_add = super().has_add_permission(request, obj)
        return bool(may_add and may_view_user(self.admin_site, request))


class GroupsInline(MembershipInline):
    """The groups of a user."""

    fk_name = "user"
    fields = ("group", "expires_at")
    raw_id_fields = ("group",)


class MembershipAdmin(MemberMixin, ExpiringAdmin):
    """Who is in which group, and until when."""

    form = MembershipForm
    fields = ("user", "group", "expires_at")
    raw_id_fields = ("user", "group")
    list_display = ("user", "group", "expires_at", "in_force")
    list_filter = (GroupFilter, ExpiryFilter)
    list_select_related = ("user", "group")
    ordering = ("-pk",)
    search_fields = ("group__name",)
    search_help_text = gettext_lazy("Address, user name or name of the member, or the group.")
    lookups = frozenset({"user", "group"})

    def matches(self, word: str) -> models.Q:
        return user_matches(word, "user__") | text_matches("group__name", word)

    def _found_by(self, request: HttpRequest, word: str) -> models.Q:
        if may_view_user(self.admin_site, request):
            return self.matches(word)
        return text_matches("group__name", word)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        found = super().get_changelist_instance(request)
        if not may_view_user(self.admin_site, request):
            found.search_help_text = None
        return found

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return self._hiding(request, self.list_display)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:
        return self._hiding(request, self.fields) if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self._hiding(request, ("user", "group")) if obj else ()

    def reaches(self, request: HttpRequest, row: Any) -> bool:
        return ask_once(may_manage, request, row.user)
