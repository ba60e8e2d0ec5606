"""What a grant or tag points at: in words, and in a form."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django import forms
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.models.targets import NIL, Target, is_targetable

from .base import ActorForm

# Django's own, in whose place authkit's are asked.
UNASKED = {"auth.Group", "auth.Permission"}


def in_words(row: Any) -> str:
    """The target of *row*: every record of a model, one of them, or none at all."""
    if row.content_type is None:
        return _("capability, on no model")
    model = row.content_type.model_class()
    name = model._meta.verbose_name if model else row.content_type.model
    key = record_key(row)
    return f"{name} {key}" if key else _("every %(model)s") % {"model": name}


def record_key(row: Any) -> str:
    """The primary key of the record that *row* points at, or "" for none."""
    if row.object_id:
        return str(row.object_id)
    return "" if row.object_uuid == NIL else str(row.object_uuid)


def find_target(content_type: ContentType | None, record: str) -> type[models.Model] | Any:
    """The model, its record with the key *record*, or None.

    Raises ValidationError: there is none, or it cannot be pointed at.
    """
    if content_type is None:
        return _refuse("content_type", _("Choose the model of the record.")) if record else None
    model = content_type.model_class()
    if model is None:
        _refuse("content_type", _("This model is no longer there."))
    if not record:
        return model
    try:
        found = model._base_manager.filter(pk=model._meta.pk.to_python(record)).first()
        Target.of(found or model)
    except (TypeError, ValueError, ValidationError):
        found = None
    return found or _refuse(
        "record", _("There is no such record, or it cannot have permissions or tags.")
    )


def targetable_types() -> models.QuerySet[ContentType]:
    """The content types that a form offers."""
    names: dict[str, list[str]] = {}
    for model in apps.get_models():
        if is_targetable(model) and model._meta.label not in UNASKED:
            names.setdefault(model._meta.app_label, []).append(str(model._meta.model_name))
    found = models.Q(pk__in=[])
    for app_label, of_app in names.items():
        found |= models.Q(app_label=app_label, model__in=of_app)
    return ContentType.objects.filter(found)


def _refuse(field: str, text: str) -> NoReturn:
    raise ValidationError({field: text})


class TargetForm(ActorForm):
    """A model is chosen and a record of it typed, both only once."""

    record = forms.CharField(
        label=gettext_lazy("Record"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("The primary key of one record. Empty: every record of the model."),
    )
    # The columns that, with the target, make a row what it is.
    key_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            del self.fields["record"]
        if "content_type" in self.fields:
            chosen: Any = self.fields["content_type"]
            chosen.queryset = targetable_types()

    def clean(self) -> dict[str, Any]:
        """Find the record, and say so where the same row exists already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors or not self.instance._state.adding:
            return cleaned
        found = find_target(cleaned.get("content_type"), cleaned.get("record", ""))
        target = Target.of(found)
        self.check_target(found)
        # A proxy shares the rows of its concrete model.
        cleaned["content_type"] = found and ContentType.objects.get_for_model(found)
        self.instance.object_id, self.instance.object_uuid = target.object_id, target.object_uuid
        same = {name: cleaned[name] for name in self.key_fields} | target._asdict()
        group = cleaned.get("group")
        is_new = group is not None and group.pk is None
        if not is_new and self._meta.model._base_manager.filter(**same).exists():
            raise ValidationError(_("This exists already."), code="unique")
        return cleaned

    def check_target(self, found: Any) -> None:
        """Raises ValidationError: the one who fills it in may not point at *found*."""
