"""Who may manage whom: nobody reaches above himself, and nobody hands out what he lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_backends, get_permission_codename
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from authkit.authz import resolver
from authkit.authz.backend import PermissionBackend, codename
from authkit.authz.grants import granted_to
from authkit.authz.holders import EVERYTHING, Holder, holder_of
from authkit.models.expiry import in_force

_QUESTIONS = ("view", "add", "change", "delete")


def is_unlimited(actor: Any) -> bool:
    """Whether *actor* has every right: a superuser, unless the project has them need grants."""
    return holder_of(actor) is EVERYTHING


def may_manage(actor: Any, user: Any) -> bool:
    """Whether *actor* may edit, delete, block … *user*, as far as their ranks go.

    Below superusers nobody manages a superuser, anybody with a right that he lacks, or a staff
    member who cannot log in at present: whoever lets one back in takes over his rights.
    """
    if is_unlimited(actor) or actor.pk == user.pk:
        return True
    if user.is_superuser and not actor.is_superuser:
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
    if is_unlimited(actor) or group.pk is None:
        return True
    grants = group.auth_permissions.filter(in_force()).select_related("content_type")
    return all(holds(actor, grant) for grant in grants)


def holds(actor: Any, grant: Any) -> bool:
    """Whether *actor* holds the right that *grant* gives, by a group or by another backend."""
    return resolver.may(holder_of(actor), grant.name, grant.target) or bool(
        actor.has_perm(_codename(grant))
    )


def _has_more(actor: Any, user: Any) -> bool:
    asked = {
        f"{model._meta.app_label}.{get_permission_codename(question, model._meta)}"
        for model in admin.site._registry
        for question in _QUESTIONS
    }
    elsewhere = [name for name in sorted(asked) if _is_granted_elsewhere(user, name)]
    if not all(actor.has_perm(name) for name in elsewhere):
        return True
    # Whatever the status: who is let in again has them again.
    grants = granted_to(Holder("user", user.pk), resolver.database())
    return not all(holds(actor, grant) for grant in grants.select_related("content_type"))


def _is_granted_elsewhere(user: Any, name: str) -> bool:
    """Whether a backend beside authkit's, whose grants are looked at one by one, grants *name*."""
    others = [each for each in get_backends() if not isinstance(each, PermissionBackend)]
    try:
        return any(each.has_perm(user, name) for each in others if hasattr(each, "has_perm"))
    except PermissionDenied:
        return False


def _codename(grant: Any) -> str:
    """The grant as Django asks for it; one on a record counts as one on the model."""
    if grant.content_type is None:
        return str(grant.name)
    return codename(grant.name, f"{grant.content_type.app_label}.{grant.content_type.model}")
