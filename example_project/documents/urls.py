"""URLs of documents."""

from django.urls import path

from authkit import requires

from . import policy, views

app_name = "documents"
urlpatterns = [
    path("", views.List.as_view(), name="list"),
    path("new/", views.New.as_view(), name="new"),
    path("staff/", requires(policy.IS_OF_STAFF).include("example_project.documents.staff")),
    path("<int:pk>/", views.Read.as_view(), name="read"),
    path("<int:pk>/write/", views.Write.as_view(), name="write"),
    path("<int:pk>/share/", views.Share.as_view(), name="share"),
    path("<int:pk>/who/", views.Who.as_view(), name="who"),
    path("<int:pk>/delete/", views.Delete.as_view(), name="delete"),
]
