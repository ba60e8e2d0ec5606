"""Filters of the lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from authkit.models import get_group_model, get_membership_model
from authkit.models.expiry import in_force


class NamedSelect(AutocompleteSelect):
    """A select that searches while typing, and whose box says which field it is."""

    @property
    def media(self) -> forms.Media:
        scripts = ["admin/js/autocomplete.js", "authkit/admin/labels.js"]
        return super().media + forms.Media(js=scripts)

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        # Django asks the database for whatever was posted.
        key: Any = self.field.target_field
        return super().optgroups(name, [each for each in value if _is_key(key, each)], attr)


def _is_key(field: Any, value: Any) -> bool:
    """Whether the database can be asked for the row with the key *value*."""
    try:
        field.clean(value, None)
    except ValidationError:
        return False
    return "\x00" not in str(value)


def group_select(site: admin.AdminSite) -> NamedSelect:
    """A select of groups."""
    return NamedSelect(get_membership_model()._meta.get_field("group"), site)


class GroupFilter(admin.ListFilter):
    """One group of however many, found by typing."""

    title = _("group")
    template = "admin/authkit/group_filter.html"
    parameter_name = "group"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.request = request
        self.site = model_admin.admin_site
        self.asked = params.pop(self.parameter_name, [""])[-1]
        self.group = self._find() if self.asked else None

    def _find(self) -> Any:
        groups = get_group_model()._default_manager
        try:
            return groups.filter(pk=groups.model._meta.pk.to_python(self.asked)).first()
        except ValidationError:
            return None

    def has_output(self) -> bool:
        model = get_group_model()
        if not self.site.is_registered(model):
            return False
        return bool(self.site.get_model_admin(model).has_view_permission(self.request))

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    def choices(self, changelist: Any) -> Iterator[Any]:
        yield {
            "selected": not self.asked,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("All"),
        }

    @property
    def field(self) -> forms.BoundField:
        """The select, with its label."""
        field = forms.ModelChoiceField(
            get_group_model()._default_manager.all(),
            widget=group_select(self.site),
            required=False,
            label=capfirst(self.title),
        )
        form = forms.Form(initial={self.parameter_name: self.group}, auto_id="filter_%s")
        form.fields[self.parameter_name] = field
        return form[self.parameter_name]

    @property
    def others(self) -> list[tuple[str, str]]:
        """The rest of the query, which choosing a group keeps."""
        left_out = {self.parameter_name, "p", "e"}
        pairs = self.request.GET.lists()
        return [(name, value) for name, values in pairs for value in values if name not in left_out]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.asked:
            return queryset
        if self.group is None:
            return queryset.none()
        return queryset.filter(self.condition(self.group))

    def condition(self, group: Any) -> Q:
        """What the rows of *group* fulfil."""
        return Q(group=group)


class MemberFilter(GroupFilter):
    """Users who are members of a group at present."""

    def condition(self, group: Any) -> Q:
        return Q(in_force("auth_memberships__"), auth_memberships__group=group)


class ExpiryFilter(admin.SimpleListFilter):
    """What is in force, and what has expired."""

    title = _("expiry")
    parameter_name = "expiry"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("in force")), ("expired", _("expired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "live":
            return queryset.filter(in_force())
        if self.value() == "expired":
            return queryset.exclude(in_force())
        return queryset
