"""What holds for a time or for good: a membership or a grant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Expression, Q
from django.forms import Field
from django.utils import timezone
from django.utils.translation import gettext as _

# Far enough from the ends of the calendar for every time zone and every database.
FIRST_YEAR, LAST_YEAR = 1900, 9998


def validate_end(end: datetime) -> None:
    """Raises ValidationError: in some time zone there might be no such moment."""
    if not FIRST_YEAR <= end.year <= LAST_YEAR:
        text = _("Choose a year from %(first)d to %(last)d.")
        raise ValidationError(text % {"first": FIRST_YEAR, "last": LAST_YEAR}, code="end_year")


class ExpiryField(models.DateTimeField):  # type: ignore[type-arg]  # generic in the stubs
    """Until when, or NULL for good; nothing else is ever written, by whatever way."""

    default_validators = [validate_end]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"null": True, "blank": True, **kwargs})

    def deconstruct(self) -> Any:
        # To a migration it is the column that it is.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if value is not None and not hasattr(value, "as_sql"):
            validate_end(self.to_python(value))
        return super().get_db_prep_save(value, connection)

    def formfield(self, **kwargs: Any) -> Field | None:
        # Before the rest of the form, which asks the database about it.
        return super().formfield(**{"validators": [validate_end], **kwargs})


def end_of(row: models.Model) -> dict[str, Any]:
    """What an event says of the end of *row*, where that was loaded."""
    if "expires_at" in row.get_deferred_fields():
        return {}
    end = row.expires_at  # type: ignore[attr-defined]
    return {"expires_at": end and end.isoformat()}


def in_force(prefix: str = "", *, at: datetime | Expression | None = None) -> Q:
    """What a row fulfils that has not expired; *prefix* leads to it from another model.

    at: another moment than now.
    """
    end = f"{prefix}expires_at"
    return Q((end, None)) | Q((f"{end}__gt", at or timezone.now()))


def is_in_force(row: Any) -> bool:
    """Whether *row* has not expired."""
    return row.expires_at is None or row.expires_at > timezone.now()
