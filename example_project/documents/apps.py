"""The application's configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Found by INSTALLED_APPS."""

    name = "example_project.documents"
    default_auto_field = "django.db.models.BigAutoField"
