"""Filters for the lists of Django REST framework."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend

from authkit import auth


class PermittedFilter(BaseFilterBackend):
    """Leaves the records on which the user may do what the view's ``permitted_name`` says."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The permitted ones of *queryset*; without a ``permitted_name``, to "read"."""
        name = getattr(view, "permitted_name", "read")
        return auth.permitted(queryset, name, user=request.user)
