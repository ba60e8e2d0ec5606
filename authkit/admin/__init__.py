"""The administration pages, on Django's own admin.

The classes are public: a project that swaps a model registers its own subclass of them.
"""

from __future__ import annotations

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.module_loading import module_has_submodule

from authkit.models import (
    AbstractEvent,
    AbstractGroup,
    AbstractMembership,
    AbstractPermission,
    AbstractUserBasic,
    Mail,
    Tag,
    get_event_model,
    get_group_model,
    get_membership_model,
    get_permission_model,
)

from .base import AuthkitAdmin
from .events import EventAdmin
from .front_door import guard
from .groups import GroupAdmin
from .mails import MailAdmin
from .memberships import MembershipAdmin
from .permissions import PermissionAdmin
from .permitted import PermittedInlineMixin, PermittedModelAdmin
from .tags import TagAdmin
from .users import UserAdmin

__all__ = [
    "AuthkitAdmin",
    "EventAdmin",
    "GroupAdmin",
    "MailAdmin",
    "MembershipAdmin",
    "PermissionAdmin",
    "PermittedInlineMixin",
    "PermittedModelAdmin",
    "TagAdmin",
    "UserAdmin",
    "guard",
]

# Each with the base that a project's own model must have for the page to fit it.
PAGES: tuple[tuple[type[models.Model], type[models.Model], type[AuthkitAdmin]], ...] = (
    (get_user_model(), AbstractUserBasic, UserAdmin),
    (get_group_model(), AbstractGroup, GroupAdmin),
    (get_membership_model(), AbstractMembership, MembershipAdmin),
    (get_permission_model(), AbstractPermission, PermissionAdmin),
    (get_event_model(), AbstractEvent, EventAdmin),
    (Tag, Tag, TagAdmin),
    (Mail, Mail, MailAdmin),
)

# Pages of other apps that show a secret, such as a session's key or the seed of a second factor,
# or write what only a verb may write; and groups that decide nothing here.
FOREIGN = (
    "auth.Group",
    "account.EmailAddress",
    "account.EmailConfirmation",
    "mfa.Authenticator",
    "usersessions.UserSession",
)


def _load_admin(label: str) -> None:
    """Load the admin module of an app: whoever registers before us has the last word."""
    config = apps.get_app_config(label)
    if config.module is not None and module_has_submodule(config.module, "admin"):
        import_module(f"{config.name}.admin")


def _register() -> None:
    for model, base, page in PAGES:
        if model._meta.app_label != "authkit":
            _load_admin(model._meta.app_label)
        if issubclass(model, base) and not admin.site.is_registered(model):
            admin.site.register(model, page)


def _unregister() -> None:
    for label in FOREIGN:
        try:
            model = apps.get_model(label)
        except LookupError:
            continue
        _load_admin(model._meta.app_label)
        if admin.site.is_registered(model):
            admin.site.unregister(model)


_register()
_unregister()
guard(admin.site)
