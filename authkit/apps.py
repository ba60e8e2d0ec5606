"""The app's configuration."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _

SWAPPABLE_MODELS = {
    "AUTHKIT_GROUP_MODEL": "authkit.Group",
    "AUTHKIT_MEMBERSHIP_MODEL": "authkit.Membership",
    "AUTHKIT_PERMISSION_MODEL": "authkit.Permission",
    "AUTHKIT_EVENT_MODEL": "authkit.Event",
}


class AuthkitConfig(AppConfig):
    """Wires checks and receivers."""

    name = "authkit"
    verbose_name = _("Accounts and authorization")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        # A project's own migrations name these settings, so an unset one gets its default here.
        for name, default in SWAPPABLE_MODELS.items():
            if not hasattr(settings, name):
                setattr(settings, name, default)
        super().import_models()

    def ready(self) -> None:
        from . import checks  # noqa: F401, PLC0415
        from .accounts import receivers as account_receivers  # noqa: PLC0415
        from .audit import receivers as audit_receivers  # noqa: PLC0415

        audit_receivers.connect()
        account_receivers.connect()
