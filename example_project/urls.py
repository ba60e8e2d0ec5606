"""URLs of the demo."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from . import views

icon = RedirectView.as_view(url=static("example_project/icon.svg"))

urlpatterns = [
    path("favicon.ico", icon),
    path("", views.home, name="home"),
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:number>/", views.letter_html, name="outbox_letter"),
    path("documents/", include("example_project.documents.urls")),
    path("auth/", include("authkit.urls")),
    path("admin/", admin.site.urls),
]
