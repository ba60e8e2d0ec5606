"""URLs with the administration of a project's own models."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import include, path

from authkit.admin import PermittedInlineMixin, PermittedModelAdmin
from tests.blog.models import Picture, Post

site = admin.AdminSite()


@admin.register(Post, site=site)
class PostAdmin(PermittedModelAdmin):
    list_display = ("id", "title")
    list_editable = ("title",)
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(title="hidden")


site.register(Picture, PermittedModelAdmin)

album = admin.AdminSite(name="album")


class PicturesInline(PermittedInlineMixin, admin.TabularInline):
    model = Picture
    extra = 1


@admin.register(Post, site=album)
class AlbumAdmin(PermittedModelAdmin):
    inlines = (PicturesInline,)


urlpatterns = [
    path("auth/", include("authkit.urls")),
    path("admin/", site.urls),
    path("albums/", album.urls),
]
