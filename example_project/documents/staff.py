"""The part of those who work here. It is guarded where it is included, so nothing here asks."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from .models import Document


@require_safe
def owners(request: HttpRequest) -> HttpResponse:
    """Every document by its title and owner; a text is shown to whoever may read it."""
    documents = Document.objects.select_related("owner").order_by("owner__username", "title")
    context = {"title": "All documents", "documents": documents}
    return render(request, "documents/staff.html", context)


app_name = "staff"
urlpatterns = [path("", owners, name="owners")]
