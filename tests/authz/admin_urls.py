"""URLs with the administration of a project's own model beside authkit's."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import include, path

from tests.blog.models import Post

site = admin.AdminSite()
for model, options in admin.site._registry.items():
    site.register(model, type(options))
site.register(Post)
assert site.is_registered(get_user_model())

urlpatterns = [
    path("auth/", include("authkit.urls")),
    path("admin/", site.urls),
]
