"""The models: abstract bases for projects, and the concrete classes that they may swap."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.signals import setting_changed

from . import receivers  # noqa: F401, connected before the first concrete model
from .events import AbstractEvent, Outcome
from .groups import AbstractGroup, AbstractMembership
from .outbox import Mail
from .permissions import AbstractPermission
from .status import Action, Status
from .swapping import SWAPPABLE_MODELS
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


@cache
def _model_in_use(setting: str) -> Any:
    return apps.get_model(getattr(settings, setting), require_ready=False)


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting in SWAPPABLE_MODELS:
        _model_in_use.cache_clear()


setting_changed.connect(_forget, dispatch_uid="authkit.models")


def get_group_model() -> type[AbstractGroup]:
    """The group model in use."""
    model: type[AbstractGroup] = _model_in_use("AUTHKIT_GROUP_MODEL")
    return model


def get_membership_model() -> type[AbstractMembership]:
    """The membership model in use."""
    model: type[AbstractMembership] = _model_in_use("AUTHKIT_MEMBERSHIP_MODEL")
    return model


def get_permission_model() -> type[AbstractPermission]:
    """The permission model in use."""
    model: type[AbstractPermission] = _model_in_use("AUTHKIT_PERMISSION_MODEL")
    return model


def get_event_model() -> type[AbstractEvent]:
    """The event model in use."""
    model: type[AbstractEvent] = _model_in_use("AUTHKIT_EVENT_MODEL")
    return model
