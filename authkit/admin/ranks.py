"""Who may manage whom: nobody reaches above themselves, or hands out what they lack."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone

from authkit.authz.holders import EVERYTHING, holder_of
from authkit.models import get_group_model

from .rights import (
    grants_of_own_group,
    held_now,
    holds_each,
    holds_grant,
    holds_permission,
    is_in_every_group_of,
    is_member,
    permissions_elsewhere,
)


def is_unlimited(actor: Any) -> bool:
    """Whether *actor* has every right: a superuser, unless the project has them need grants."""
    return holder_of(actor) is EVERYTHING


def may_manage(actor: Any, user: Any) -> bool:
    """Whether *actor* may edit, delete, block … *user*, as far as their ranks go.

    Below superusers nobody manages a superuser, anybody in a group that they are not in or with a
    right that they lack, or have for a shorter time, or a staff member who cannot log in at
    present: whoever lets somebody back in takes over their rights.
    """
    if is_unlimited(actor) or actor.pk == user.pk:
        return True
    if user.is_superuser and not actor.is_superuser:
        return False
    return (user.is_active or not user.is_staff) and not _has_more(actor, user)


def may_view_user(site: admin.AdminSite, request: HttpRequest, user: Any = None) -> bool:
    """Whether the visitor may view *user*, or users at all, on the pages of *site*."""
    model = get_user_model()
    if not site.is_registered(model):
        return is_unlimited(request.user)
    return bool(site.get_model_admin(model).has_view_permission(request, user))


def ask_once(rule: Callable[[Any, Any], bool], request: HttpRequest, row: Any) -> bool:
    """What *rule* says of the visitor and *row*, asked once for each page."""
    known: dict[Any, bool] = request.__dict__.setdefault("authkit_ranks", {})
    if (rule, row.pk) not in known:
        known[rule, row.pk] = rule(request.user, row)
    return known[rule, row.pk]


def may_hand_out(actor: Any, group: Any, end: datetime | None = None) -> bool:
    """Whether *actor* may put somebody into *group* until *end*, None being for good.

    Membership is a right, whatever the group has been granted: code asks for it by the group's
    name. So it is given by those who have it, for no longer.
    """
    return is_unlimited(actor) or is_member(actor, group, end)


def may_touch(actor: Any, group: Any) -> bool:
    """Whether *actor* holds at present all that *group* has been granted."""
    return is_unlimited(actor) or holds_each(actor, group.auth_permissions.all(), now=True)


def holds(actor: Any, grant: Any, end: datetime | None = None) -> bool:
    """Whether *actor* holds the right that *grant* gives until *end*, None being for good."""
    return is_unlimited(actor) or holds_grant(actor, grant, end)


def holds_now(actor: Any, grant: Any) -> bool:
    """Whether *actor* holds at present the right that *grant* gives."""
    return holds(actor, grant, timezone.now())


def ask_each(request: HttpRequest, grants: Iterable[Any]) -> None:
    """Have what ``holds_now`` says of the visitor and *grants* known by one query for all."""
    if not is_unlimited(request.user):
        known: dict[Any, bool] = request.__dict__.setdefault("authkit_ranks", {})
        held = held_now(request.user, grants)
        known |= {(holds_now, pk): answer for pk, answer in held.items()}


def may_tag(actor: Any, record: Any) -> bool:
    """Whether *actor* may tag *record*: no user or group above them, and not themselves."""
    if is_unlimited(actor):
        return True
    if isinstance(record, get_user_model()):
        return actor.pk != record.pk and may_manage(actor, record)
    return not isinstance(record, get_group_model()) or may_touch(actor, record)


def _has_more(actor: Any, user: Any) -> bool:
    """Whether *user* would have more than *actor*, if active: whoever is let in again has it."""
    if not is_in_every_group_of(actor, user) or not holds_each(actor, grants_of_own_group(user)):
        return True
    return not all(holds_permission(actor, name) for name in sorted(permissions_elsewhere(user)))
