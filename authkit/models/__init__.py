"""The models: abstract bases for projects, and the concrete classes that they may swap."""

from __future__ import annotations

from typing import cast

from django.apps import apps
from django.conf import settings

from . import receivers  # noqa: F401, connected before the first concrete model
from .events import AbstractEvent, Outcome
from .groups import AbstractGroup, AbstractMembership
from .outbox import Mail
from .permissions import AbstractPermission
from .status import Action, Status
from .tags import Tag
from .user_manager import UserManager
from .users import AbstractUser, AbstractUserBasic

__all__ = [
    "AbstractEvent",
    "AbstractGroup",
    "AbstractMembership",
    "AbstractPermission",
    "AbstractUser",
    "AbstractUserBasic",
    "Action",
    "Event",
    "Group",
    "Mail",
    "Membership",
    "Outcome",
    "Permission",
    "Status",
    "Tag",
    "User",
    "UserManager",
    "get_event_model",
    "get_group_model",
    "get_membership_model",
    "get_permission_model",
]


class User(AbstractUser):
    """A user."""

    class Meta(AbstractUser.Meta):
        swappable = "AUTH_USER_MODEL"


class Group(AbstractGroup):
    """A group."""

    class Meta(AbstractGroup.Meta):
        swappable = "AUTHKIT_GROUP_MODEL"


class Membership(AbstractMembership):
    """A membership."""

    class Meta(AbstractMembership.Meta):
        swappable = "AUTHKIT_MEMBERSHIP_MODEL"


class Permission(AbstractPermission):
    """A permission."""

    class Meta(AbstractPermission.Meta):
        swappable = "AUTHKIT_PERMISSION_MODEL"


class Event(AbstractEvent):
    """An event."""

    class Meta(AbstractEvent.Meta):
        swappable = "AUTHKIT_EVENT_MODEL"


def get_group_model() -> type[AbstractGroup]:
    """The group model in use."""
    model = apps.get_model(settings.AUTHKIT_GROUP_MODEL, require_ready=False)
    return cast("type[AbstractGroup]", model)


def get_membership_model() -> type[AbstractMembership]:
    """The membership model in use."""
    model = apps.get_model(settings.AUTHKIT_MEMBERSHIP_MODEL, require_ready=False)
    return cast("type[AbstractMembership]", model)


def get_permission_model() -> type[AbstractPermission]:
    """The permission model in use."""
    model = apps.get_model(settings.AUTHKIT_PERMISSION_MODEL, require_ready=False)
    return cast("type[AbstractPermission]", model)


def get_event_model() -> type[AbstractEvent]:
    """The event model in use."""
    model = apps.get_model(settings.AUTHKIT_EVENT_MODEL, require_ready=False)
    return cast("type[AbstractEvent]", model)
