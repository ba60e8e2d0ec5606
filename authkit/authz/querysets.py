"""Lists of what somebody may see, as a method of the project's own querysets."""

from __future__ import annotations

from typing import Any, Self, TypeVar, cast

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model, covariant=True)


class PermittedQuerySet(QuerySet[M]):
    """``objects = PermittedQuerySet.as_manager()``"""

    def permitted(self, user: Any, name: str) -> Self:
        """The records on which *user* may *name*; see ``auth.permitted``."""
        # Here, as they need the models, among which this class is used.
        from . import lists
        from .arguments import UNSET, asked_holder

        return cast("Self", lists.permitted(self, asked_holder(user, UNSET), name))
