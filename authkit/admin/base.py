"""What the administration pages of all models share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.models.expiry import is_in_force

from .filters import GroupFilter, NamedSelect, group_select
from .inputs import AnyInputAdmin
from .ranks import is_unlimited
from .search import words_of

if TYPE_CHECKING:
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
    InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    TabularInline = admin.TabularInline
    ModelForm, InlineFormSet = forms.ModelForm, BaseInlineFormSet


# How a list can be filtered in its address: as the links of Django's filters do.
LOOKUPS = frozenset(
    {"id", "pk", "exact", "in", "isnull", "gt", "gte", "lt", "lte", "year", "month", "day"}
)


class ActorForm(ModelForm):
    """A form that knows who fills it in, and every input of which has a name."""

    actor: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Django's labels point at no part of a date and time, and at nothing in a table.
            parts = getattr(field.widget, "widgets", ())
            for part, what in zip(parts, (_("date"), _("time")), strict=False):
                part.attrs["aria-label"] = f"{field.label}: {what}"

    def changes_nothing(self) -> bool:
        """Whether it shows a row that stays as it is."""
        return not self.instance._state.adding and not self.has_changed()


class AutocompleteMixin:
    """Foreign keys are chosen by typing wherever their model can be searched."""

    def get_autocomplete_fields(self: Any, request: HttpRequest) -> tuple[str, ...]:
        return tuple(name for name in self.raw_id_fields if self._is_searchable(name, request))

    def formfield_for_foreignkey(
        self: Any, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", NamedSelect(db_field, self.admin_site))
        model = db_field.remote_field.model
        if db_field.name in self.raw_id_fields and not self._may_view(model, request):
            # The form would tell what a key that is posted stands for.
            kwargs["queryset"] = model._default_manager.none()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def _may_view(self: Any, model: Any, request: HttpRequest) -> bool:
        if not self.admin_site.is_registered(model):
            return True
        return bool(self.admin_site.get_model_admin(model).has_view_permission(request))

    def _is_searchable(self: Any, name: str, request: HttpRequest) -> bool:
        # A project may register its user model with an admin of its own, or not at all.
        model = self.opts.get_field(name).remote_field.model
        if not self.admin_site.is_registered(model):
            return False
        return bool(self.admin_site.get_model_admin(model).get_search_fields(request))


class AuthkitAdmin(AutocompleteMixin, AnyInputAdmin):
    """Lists that stay quick, searches that find any spelling, and no error for any input."""

    list_per_page = 50
    show_full_result_count = False
    delete_confirmation_max_display = 100  # Django 6.1 and later

    @property
    def media(self) -> forms.Media:
        media = super().media + forms.Media(css={"screen": ["authkit/admin/admin.css"]})
        if any(
            isinstance(item, type) and issubclass(item, GroupFilter) for item in self.list_filter
        ):
            media += group_select(self.admin_site).media
        return media

    def matches(self, word: str) -> models.Q:
        """What a row fulfils that *word* finds."""
        raise NotImplementedError

    def _found_by(self, request: HttpRequest, word: str) -> models.Q:
        """What a row fulfils that *word* finds for this visitor."""
        return self.matches(word)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        words = words_of(search_term)
        if words is None:
            return queryset.none(), False
        for word in words:
            queryset = queryset.filter(self._found_by(request, word))
        return queryset, False

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, *args, **kwargs)
        if issubclass(form, ActorForm):
            form.actor = request.user
        return form

    def url_of(self, page: str, row: Any = None, model: Any = None) -> str:
        """The path of a page of *model*, or else of the own one."""
        opts = (model or self.model)._meta
        name = f"admin:{opts.app_label}_{opts.model_name}_{page}"
        args = [] if row is None else [quote(row.pk)]
        return reverse(name, args=args, current_app=self.admin_site.name)

    # Further columns that a link of ours filters by.
    lookups: ClassVar[frozenset[str]] = frozenset()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what the list shows: any other column could be guessed bit by bit."""
        shown = {self.date_hierarchy, "pk", self.opts.pk.name, *self.list_display, *self.lookups}
        for item in self.list_filter:
            field = item[0] if isinstance(item, tuple) else item
            shown.add(getattr(field, "parameter_name", field))
        name, *how = lookup.split(LOOKUP_SEP)
        if name not in shown or not LOOKUPS.issuperset(how):
            return False
        return super().lookup_allowed(lookup, value, request)

    def reaches(self, request: HttpRequest, row: Any) -> bool:
        """Whether a visitor without every right may change and delete *row*, as far as ranks go."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # What goes with a record, it goes by the right to delete the record.
        if getattr(obj, "authkit_goes_along", False):
            return True
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def _may_touch(self, request: HttpRequest, row: Any) -> bool:
        return row is None or is_unlimited(request.user) or self.reaches(request, row)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        # Saving what is as it was would be an event of nothing.
        if form.changed_data or not change:
            super().save_model(request, obj, form, change)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """One by one, so that each one has its event."""
        with transaction.atomic(using=queryset.db):
            for obj in queryset:
                self.delete_model(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # Somebody was quicker than the form's own look.
            text = _("The same has just been saved by somebody else. Nothing was changed.")
            self.message_user(request, text, messages.ERROR)
            return redirect(request.get_full_path())


class ExpiringAdmin(AuthkitAdmin):
    """Rows that hold for a time or for good."""

    @admin.display(description=gettext_lazy("in force"), boolean=True)
    def in_force(self, row: Any) -> bool:
        """Not expired."""
        return is_in_force(row)


class ReadOnlyAdmin(AuthkitAdmin):
    """Rows to look at."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
