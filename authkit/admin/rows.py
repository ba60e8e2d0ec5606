"""Tables within the page of another row."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from .base import ActorForm, AutocompleteMixin, InlineFormSet, TabularInline

MOST_ROWS = 50  # the more have a list of their own


class RowForm(ActorForm):
    """A form in a row of a table, where the heading of the column is no label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label and not hasattr(field.widget, "widgets"):
                # Django wraps the select of a foreign key into one with links beside it.
                widget: Any = getattr(field.widget, "widget", field.widget)
                widget.attrs["aria-label"] = capfirst(field.label)

    def clean_deletion(self) -> None:
        """Raises ValidationError: the one who fills it in may not delete the row."""
        raise NotImplementedError


class RowFormSet(InlineFormSet):
    """The rows of a table."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if DELETION_FIELD_NAME in form.fields:
            # Django's table shows the box alone.
            label = f"{_('Delete')}: {form.instance}" if form.instance.pk else _("Delete")
            form.fields[DELETION_FIELD_NAME].widget.attrs["aria-label"] = label

    def clean(self) -> None:
        super().clean()
        # Django leaves out what the form of a row finds that is to be deleted.
        for form in self.deleted_forms:
            if form.instance.pk is not None:  # the row below them is none yet
                form.clean_deletion()


class RowsInline(AutocompleteMixin, TabularInline):
    """Rows within the page of the row that they belong to."""

    formset = RowFormSet
    extra = 1
    show_change_link = True
    related: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def fits(cls, parent: models.Model) -> bool:
        """Whether the page can show them all."""
        rows = cls.model._default_manager.filter(**{str(cls.fk_name): parent.pk})
        return bool(rows.count() <= MOST_ROWS)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related(*self.related).order_by("pk")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.actor = request.user
        return formset
