"""What holds for a time or for good: a membership or a grant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Expression, Q
from django.utils import timezone


def in_force(prefix: str = "", *, at: datetime | Expression | None = None) -> Q:
    """What a row fulfils that has not expired; *prefix* leads to it from another model.

    at: another moment than now.
    """
    end = f"{prefix}expires_at"
    return Q((end, None)) | Q((f"{end}__gt", at or timezone.now()))


def is_in_force(row: Any) -> bool:
    """Whether *row* has not expired."""
    return row.expires_at is None or row.expires_at > timezone.now()
