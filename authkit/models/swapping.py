"""The settings that name the models in use; an unset one gets its default here.

A project's own models and migrations name these settings, whatever the order of INSTALLED_APPS.
"""

from __future__ import annotations

from django.conf import settings

SWAPPABLE_MODELS = {
    "AUTHKIT_GROUP_MODEL": "authkit.Group",
    "AUTHKIT_MEMBERSHIP_MODEL": "authkit.Membership",
    "AUTHKIT_PERMISSION_MODEL": "authkit.Permission",
    "AUTHKIT_EVENT_MODEL": "authkit.Event",
}

for _name, _default in SWAPPABLE_MODELS.items():
    if not hasattr(settings, _name):
        setattr(settings, _name, _default)

# For foreign keys; Django still finds out that the setting stands behind it.
GROUP_MODEL: str = settings.AUTHKIT_GROUP_MODEL
