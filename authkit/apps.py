"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

REQUIRED_APPS = (
    "authkit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
)
# Without these nothing of authkit can be imported, so that no check could ask for them.
NEEDED_TO_START = {
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "allauth.usersessions",
}
ADMIN = "django.contrib.admin"


class AuthkitConfig(AppConfig):
    """Wires checks and receivers."""

    name = "authkit"
    verbose_name = _("Accounts and authorization")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        missing = [name for name in REQUIRED_APPS if not apps.is_installed(name)]
        if NEEDED_TO_START.intersection(missing) or (ADMIN in missing and not goes_without_admin()):
            lines = " ".join(f'"{name}",' for name in missing)
            raise ImproperlyConfigured(f"authkit cannot start. Put into INSTALLED_APPS: {lines}")
        super().import_models()

    def ready(self) -> None:
        # Here, as they need the models, which are not loaded before.
        from . import checks  # noqa: F401
        from .accounts import receivers as account_receivers
        from .audit import receivers as audit_receivers
        from .authz import cleanup
        from .authz import receivers as authz_receivers

        audit_receivers.connect()
        account_receivers.connect()
        authz_receivers.connect()
        cleanup.watch_deletions()


def goes_without_admin() -> bool:
    """Whether the project has said that it wants no administration.

    One that has not names ``admin.site.urls``, which end every check with an error of Django's.
    """
    return "authkit.E030" in settings.SILENCED_SYSTEM_CHECKS
