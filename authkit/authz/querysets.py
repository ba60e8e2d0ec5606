"""Lists of what somebody may see, as a method of the project's own querysets."""

from __future__ import annotations

from typing import Any, Self, TypeVar, cast

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model, covariant=True)


class PermittedQuerySet(QuerySet[M]):
    """``objects = PermittedQuerySet.as_manager()``"""

    def permitted(self, user: Any, name: str) -> Self:
        """The records on which *user* may *name*; see ``auth.permitted``."""
        from authkit import auth  # noqa: PLC0415, models are made before it can be imported

        return cast("Self", auth.permitted(self, name, user=user))
