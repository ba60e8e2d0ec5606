"""What is typed into an address or sent by a form is no error of the server, whatever it is."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import DatabaseError, router, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from authkit.authz.cleanup import counted

from .search import words_of

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

# As Django says that a filter made no sense, and what a list without any is asked with.
NO_FILTER: tuple[dict[str, list[str]], ...] = ({}, {ERROR_FLAG: ["1"]})


class AnyInputAdmin(ModelAdmin):
    """A list that leaves out a filter which makes no sense, and finds no row that cannot be."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        return None if "\x00" in object_id else super().get_object(request, object_id, from_field)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if words_of(search_term) is None:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        filtered = dict(request.GET.lists()) not in NO_FILTER
        using = router.db_for_write(self.model)
        try:
            if not _is_clean(request) or not self._are_keys(request):
                raise ValueError("No row can have this key.")
            # What the database refuses, after that it goes on.
            with transaction.atomic(using=using) if filtered else nullcontext():
                return super().changelist_view(request, extra_context)
        except (DatabaseError, LookupError, OverflowError, TypeError, ValueError) as error:
            posted = request.method == "POST" and isinstance(error, (OverflowError, ValueError))
            if not filtered and not posted:
                raise
            return redirect(f"{request.path}?{ERROR_FLAG}=1")

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Of the grants and tags that go along the number: others' rights are none of the visitor's
        # business, and each would be asked for its group.
        with counted() as along:
            listed, counts, *rest = super().get_deleted_objects(objs, request)
        found = Counter({str(name): count for name, count in counts.items()})
        for kind, count in along.items():
            if count:
                found[str(kind._meta.verbose_name_plural)] += count
        return listed, dict(found), *rest

    def _are_keys(self, request: HttpRequest) -> bool:
        """Whether everything selected can be a primary key."""
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(key)
        except ValidationError:
            return False
        return True


def _is_clean(request: HttpRequest) -> bool:
    """Whether the database can be asked for it: PostgreSQL refuses a NUL in any text."""
    values = [value for _name, values in request.GET.lists() for value in values]
    values += request.POST.getlist(ACTION_CHECKBOX_NAME)
    return not any("\x00" in value for value in values)
