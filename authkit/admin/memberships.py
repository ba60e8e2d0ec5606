"""The administration of memberships, on pages of their own and within users and groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.models import get_membership_model

from .base import (
    ActorForm,
    AuthkitAdmin,
    AutocompleteMixin,
    RowForm,
    RowFormSet,
    TabularInline,
)
from .filters import ExpiryFilter, GroupFilter
from .ranks import manages, may_hand_out, may_manage
from .search import text_matches, user_matches

MOST_ROWS = 50  # within another page; the more have a list of their own


def is_live(row: Any) -> bool:
    """Whether *row* is in force."""
    return row.expires_at is None or row.expires_at > timezone.now()


def _may_touch(request: HttpRequest, row: Any) -> bool:
    """Whether the visitor manages the member; for a superuser nobody needs to be looked up."""
    return bool(request.user.is_superuser) or manages(request, row.user)


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
                self.fields[name].disabled = True
                self.fields[name].widget = PlainText(str(getattr(self.instance, name)))

    def clean(self) -> dict[str, Any]:
        """Below superusers nobody gives what he lacks, or to somebody above him."""
        cleaned = super().clean() or self.cleaned_data
        user = cleaned.get("user") or (self.instance.user if self.instance.user_id else None)
        group = cleaned.get("group") or (self.instance.group if self.instance.group_id else None)
        if user is None or group is None:
            return cleaned
        if not may_manage(self.actor, user):
            raise ValidationError(
                _("You may not manage a more privileged account."), code="not_allowed"
            )
        if not may_hand_out(self.actor, group):
            raise ValidationError(
                _("This group has rights that you do not have yourself."), code="not_allowed"
            )
        return cleaned


class MembershipRowForm(RowForm, MembershipForm):
    """A membership in a row of a table."""


class MembershipFormSet(RowFormSet):
    """The memberships of one user or group."""

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            if not may_manage(self.form.actor, form.instance.user):
                raise ValidationError(
                    _("You may not manage a more privileged account."), code="not_allowed"
                )


class MembershipInline(AutocompleteMixin, TabularInline):
    """Memberships within the page of a user or a group."""

    model = get_membership_model()
    form = MembershipRowForm
    formset = MembershipFormSet
    extra = 1
    show_change_link = True

    @classmethod
    def fits(cls, parent: models.Model) -> bool:
        """Whether the page can show them all."""
        return bool(parent.auth_memberships.count() <= MOST_ROWS)  # type: ignore[attr-defined]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "group").order_by("pk")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.actor = request.user
        return formset


class MembersInline(MembershipInline):
    """The members of a group."""

    fk_name = "group"
    fields = ("user", "expires_at")
    raw_id_fields = ("user",)
    verbose_name = gettext_lazy("member")
    verbose_name_plural = gettext_lazy("members")


class GroupsInline(MembershipInline):
    """The groups of a user."""

    fk_name = "user"
    fields = ("group", "expires_at")
    raw_id_fields = ("group",)


class MembershipAdmin(AuthkitAdmin):
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

    @admin.display(description=gettext_lazy("in force"), boolean=True)
    def in_force(self, row: Any) -> bool:
        """Not expired."""
        return is_live(row)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("user", "group") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or _may_touch(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or _may_touch(request, obj))
