"""Filters for the lists of Django REST framework."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.filters import BaseFilterBackend

from authkit import auth, rules
from authkit.conf import get_conf


class PermittedFilter(BaseFilterBackend):
    """Leaves the records on which the user may do what the view's ``permitted_name`` says."""

    def filter_queryset(self, request: Any, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """The permitted ones of *queryset*; without a ``permitted_name``, to read.

        And those that the user owns by the path in the view's ``permitted_owner``.
        """
        name = getattr(view, "permitted_name", get_conf().READ_PERMISSION)
        permitted = auth.permitted(queryset, name, user=request.user)
        path = getattr(view, "permitted_owner", None)
        if path is None:
            return permitted
        return permitted | queryset.filter(rules.owns(path).q(request.user))
