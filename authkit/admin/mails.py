"""The outbox, to look at."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import ReadOnlyAdmin
from .search import text_matches


class MailAdmin(ReadOnlyAdmin):
    """The mail that is still to be sent; a text is made when it is sent."""

    fields = ("purpose", "user", "address", "attempts", "next_try", "created_at")
    list_display = ("purpose", "address", "attempts", "next_try", "created_at")
    list_filter = ("purpose",)
    ordering = ("-pk",)
    search_fields = ("address",)
    search_help_text = _("Part of the address.")

    def matches(self, word: str) -> models.Q:
        return text_matches("address", word)
