"""The models: abstract bases for projects, and the concrete classes that they may swap."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings

from .events import AbstractEvent, Outcome
from .groups import AbstractGroup, AbstractMembership
from .outbox import Mail
from .permissions import AbstractPermission
from .status import Action, Status
from .tags import Tag
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


def get_group_model() -> Any:
    """The group model in use."""
    return apps.get_model(settings.AUTHKIT_GROUP_MODEL, require_ready=False)


def get_membership_model() -> Any:
    """The membership model in use."""
    return apps.get_model(settings.AUTHKIT_MEMBERSHIP_MODEL, require_ready=False)


def get_permission_model() -> Any:
    """The permission model in use."""
    return apps.get_model(settings.AUTHKIT_PERMISSION_MODEL, require_ready=False)


def get_event_model() -> Any:
    """The event model in use."""
    return apps.get_model(settings.AUTHKIT_EVENT_MODEL, require_ready=False)
