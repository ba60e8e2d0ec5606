"""The documents of the demo, and what is shared of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from authkit import auth

from .models import Document

# Title, owner, text
DOCUMENTS = (
    ("House rules", "admin", "Close the window when you go. Water the ferns on Fridays."),
    ("Kitchen rota", "staff", "Monday: Ada. Tuesday: Grace. Wednesday: whoever reads this."),
    ("Letter to the bank", "reader", "Dear Sir or Madam, my card has been eaten again."),
    ("Press release", "editor", "Not before Thursday: we have moved."),
)


def make() -> None:
    """Make them all, with their grants."""
    users = get_user_model().objects
    documents = {
        title: Document.objects.create(
            title=title, text=text, owner=users.get_by_natural_key(f"{owner}@example.com")
        )
        for title, owner, text in DOCUMENTS
    }
    share(documents, reader=users.get_by_natural_key("reader@example.com"))


def share(documents: dict[str, Document], *, reader: Any) -> None:
    """On the model, on single records, to one person, and for a time."""
    auth.add_permission("editors", ["read", "write"], Document)
    auth.add_permission("readers", "read", documents["House rules"])
    auth.add_permission(reader, ["read", "write"], documents["Kitchen rota"])
    week = timezone.now() + timedelta(days=7)
    auth.add_permission("staff", "read", documents["Press release"], expires_at=week)
