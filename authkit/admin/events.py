"""The audit trail, to read."""

from __future__ import annotations

import ipaddress
import json
from contextlib import suppress
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import connections, models, router
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from .base import ReadOnlyAdmin
from .search import text_matches, user_matches

MOST_PEOPLE = 20  # so many people whom a word of the search finds are looked for


class EventAdmin(ReadOnlyAdmin):
    """Who did what to whom, when, from where, and how it ended."""

    fields = (
        "at", "name", "outcome", "actor", "actor_number", "user", "user_number",
        "target", "details", "ip", "user_agent",
    )  # fmt: skip
    readonly_fields = ("actor_number", "user_number", "details")
    list_display = ("at", "name", "outcome", "by", "whom", "target", "ip")
    list_filter = ("name", "outcome", "at")
    list_select_related = ("actor", "user")
    date_hierarchy: ClassVar[str | None] = "at"
    ordering = ("-at", "-pk")
    search_fields = ("user_key",)
    search_help_text = _(
        "Number, address or user name of whoever did it or whom it concerns, event, or IP address."
    )
    lookups = frozenset({"user_key", "actor_key"})

    def matches(self, word: str) -> models.Q:
        people = get_user_model()._default_manager.filter(user_matches(word)).order_by("pk")
        keys = [word, *(str(pk) for pk in people.values_list("pk", flat=True)[:MOST_PEOPLE])]
        query = models.Q(user_key__in=keys) | models.Q(actor_key__in=keys)
        with suppress(ValueError):
            query |= models.Q(ip=str(ipaddress.ip_address(word)))
        return query | text_matches("name", word)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        # MariaDB groups by date only once its time zone tables are loaded.
        connection = connections[router.db_for_read(self.model)]
        if not connection.features.has_zoneinfo_database:
            self.date_hierarchy = None  # type: ignore[misc]
        return super().get_changelist_instance(request)

    @admin.display(description=_("by"), ordering="actor_key")
    def by(self, event: Any) -> str:
        """Who did it; the number of one who was deleted since."""
        return str(event.actor or event.actor_key)

    @admin.display(description=_("user"), ordering="user_key")
    def whom(self, event: Any) -> str:
        """Whom it concerns; the number of one who was deleted since."""
        return str(event.user or event.user_key)

    @admin.display(description=_("number of who did it"))
    def actor_number(self, event: Any) -> str:
        """The key of the account, which stays."""
        return str(event.actor_key)

    @admin.display(description=_("number of the user"))
    def user_number(self, event: Any) -> str:
        """The key of the account, which stays."""
        return str(event.user_key)

    @admin.display(description=_("details"))
    def details(self, event: Any) -> Any:
        """The data, one thing on each line."""
        if not event.data:
            return ""
        text = json.dumps(event.data, indent=2, ensure_ascii=False, sort_keys=True)
        return format_html("<pre>{}</pre>", text)
