"""Who may manage whom: nobody reaches above himself, and nobody hands out what he lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db.models import Q
from django.http import HttpRequest

from authkit.models import get_permission_model
from authkit.models.expiry import in_force
from authkit.models.targets import NIL

_QUESTIONS = ("view", "add", "change", "delete")


def may_manage(actor: Any, user: Any) -> bool:
    """Whether *actor* may edit, delete, block … *user*, as far as their ranks go.

    Below superusers nobody manages a superuser, anybody with a right that he lacks, or a staff
    member who cannot log in at present: whoever lets one back in takes over his rights.
    """
    if actor.is_superuser or actor.pk == user.pk:
        return True
    if user.is_superuser:
        return False
    return (user.is_active or not user.is_staff) and not _has_more(actor, user)


def ask_once(rule: Callable[[Any, Any], bool], request: HttpRequest, row: Any) -> bool:
    """What *rule* says of the visitor and *row*, asked once for each page."""
    known: dict[Any, bool] = request.__dict__.setdefault("authkit_ranks", {})
    if (rule, row.pk) not in known:
        known[rule, row.pk] = rule(request.user, row)
    return known[rule, row.pk]


def may_hand_out(actor: Any, group: Any) -> bool:
    """Whether *actor* holds everything that membership in *group* gives."""
    if actor.is_superuser or group.pk is None:
        return True
    grants = group.auth_permissions.filter(in_force()).select_related("content_type")
    return all(holds(actor, grant) for grant in grants)


def holds(actor: Any, grant: Any) -> bool:
    """Whether *actor* holds the right that *grant* gives, by a group or by a backend."""
    if actor.is_superuser:
        return True
    record = Q(object_id=grant.object_id, object_uuid=grant.object_uuid)
    own = _granted_to(actor).filter(
        record | Q(object_id=0, object_uuid=NIL),
        name=grant.name,
        target_key=grant.content_type_id or 0,
    )
    return own.exists() or bool(actor.has_perm(_codename(grant)))


def _has_more(actor: Any, user: Any) -> bool:
    asked = {
        f"{model._meta.app_label}.{get_permission_codename(question, model._meta)}"
        for model in admin.site._registry
        for question in _QUESTIONS
    }
    lacking = (name for name in sorted(asked) if not actor.has_perm(name))
    if any(user.has_perm(name) for name in lacking):
        return True
    grants = _granted_to(user).select_related("content_type")
    return not all(holds(actor, grant) for grant in grants)


def _granted_to(user: Any) -> Any:
    lasting = in_force("group__auth_memberships__")
    return get_permission_model()._default_manager.filter(
        in_force(), lasting, group__auth_memberships__user=user.pk
    )


def _codename(grant: Any) -> str:
    """The grant as Django asks for it; one on a record counts as one on the model."""
    if grant.content_type is None:
        return str(grant.name)
    return f"{grant.content_type.app_label}.{grant.name}_{grant.content_type.model}"
