"""The application's configuration."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    """Found by INSTALLED_APPS."""

    name = "tests.blog"
    label = "blog"
    default_auto_field = "django.db.models.BigAutoField"
