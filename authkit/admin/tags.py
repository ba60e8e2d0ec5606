"""The administration of tags."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.models import get_group_model
from authkit.models.tags import clean_path

from .base import AuthkitAdmin
from .ranks import ask_once, may_tag
from .search import text_matches
from .targets import TargetForm, in_words


class TagForm(TargetForm):
    """A tag on one record."""

    key_fields: ClassVar[tuple[str, ...]] = ("namespace", "path")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"content_type", "record"} & set(self.fields):
            self.fields[name].required = True
            self.fields[name].help_text = ""

    def clean_path(self) -> str:
        """The path in its canonical form."""
        path: str = self.cleaned_data["path"]
        return clean_path(path)

    def check_target(self, found: Any) -> None:
        """A tag may be a right to the project, so it goes by ranks."""
        if not may_tag(self.actor, found):
            raise ValidationError(
                _("You may not tag yourself, or what has more rights than you."),
                code="not_allowed",
            )


class TagAdmin(AuthkitAdmin):
    """Tags on records: put on and taken off, never changed."""

    form = TagForm
    list_display = ("path", "namespace", "target_in_words")
    list_filter = ("namespace", ("content_type", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("content_type",)
    ordering = ("-pk",)
    search_fields = ("path",)
    search_help_text = gettext_lazy("Part of the tag.")

    def matches(self, word: str) -> models.Q:
        return text_matches("path", word)

    @admin.display(description=gettext_lazy("on"), ordering="target_key")
    def target_in_words(self, row: Any) -> str:
        """The record."""
        return in_words(row)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj:
            return ("namespace", "path", "target_in_words")
        return ("namespace", "path", "content_type", "record")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("target_in_words",) if obj else ()

    def reaches(self, request: HttpRequest, row: Any) -> bool:
        return ask_once(_may_untag, request, row)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _may_untag(actor: Any, tag: Any) -> bool:
    model = tag.content_type.model_class()
    if model is None or not issubclass(model, (get_user_model(), get_group_model())):
        return True
    record = model._base_manager.filter(pk=tag.object_id or tag.object_uuid).first()
    return record is None or may_tag(actor, record)
