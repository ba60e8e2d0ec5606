"""What an account holds, by grants and by backends beside authkit's, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_backends, get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Q

from authkit.authz import memory, resolver
from authkit.authz.backend import PermissionBackend, codename, question
from authkit.authz.explaining import paths_of
from authkit.authz.grants import all_in_force, covering, memberships_of
from authkit.authz.holders import EVERYTHING, NOBODY, Holder, holder_of
from authkit.models import Status
from authkit.models.permissions import is_permission_name
from authkit.models.targets import Target

_QUESTIONS = ("view", "add", "change", "delete")


def holds_grant(actor: Any, grant: Any, end: datetime | None) -> bool:
    """Whether *actor* holds the right that *grant* gives until *end*, or for good if that is None.

    What another backend gives has no end.
    """
    return _is_granted(actor, grant.name, grant.target, end) or _is_granted_elsewhere(
        actor, _codename(grant)
    )


def holds_permission(actor: Any, permission: str) -> bool:
    """Whether *actor* holds for good what Django asks for as *permission*."""
    name, model = question(permission)
    target = Target() if model is None else Target.of(model)
    return _is_granted_elsewhere(actor, permission) or _is_granted(actor, name, target, None)


def grants_of(user: Any) -> Iterator[tuple[Any, datetime | None]]:
    """Each grant of *user*, whatever the status, and until when it holds for them."""
    for path in paths_of(Holder("user", user.pk), resolver.read_alias()):
        if path.is_in_force:
            yield path.grant, path.expires_at


def permissions_elsewhere(user: Any) -> set[str]:
    """What backends beside authkit's would give *user*, if active: what they list, and asked."""
    user = _as_active(user)
    asked = {
        f"{model._meta.app_label}.{get_permission_codename(name, model._meta)}"
        for model in admin.site._registry
        for name in _QUESTIONS
    }
    listed: set[str] = set()
    for backend in _others():
        if hasattr(backend, "get_all_permissions"):
            listed |= set(backend.get_all_permissions(user))
    return listed | {name for name in asked - listed if _is_granted_elsewhere(user, name)}


def _as_active(user: Any) -> Any:
    """*user* as they would be when let in again, without what a backend has remembered of them."""
    names = [field.attname for field in user._meta.concrete_fields]
    values = [getattr(user, name) for name in names]
    twin = user._meta.model.from_db(user._state.db, names, values)
    twin.is_active = True
    if hasattr(twin, "status"):
        twin.status = Status.ACTIVE
    return twin


def _is_granted(actor: Any, name: str, target: Target, end: datetime | None) -> bool:
    holder = holder_of(actor)
    if holder is EVERYTHING:
        return True
    if holder is NOBODY or not is_permission_name(name):
        return False
    return memory.once(_is_there, holder, name, target, end)


def _is_there(holder: Holder, name: str, target: Target, end: datetime | None) -> bool:
    using = resolver.read_alias()
    # Membership and grant both last, or else the way through them does not.
    lasting = Q(expires_at=None) if end is None else Q(expires_at=None) | Q(expires_at__gte=end)
    groups = memberships_of(holder, using).filter(lasting).values("group")
    rows = all_in_force(using).filter(lasting, name=name, group__in=groups, **covering(target))
    return bool(rows.exists())


def _is_granted_elsewhere(user: Any, name: str) -> bool:
    """Whether a backend beside authkit's, whose grants are looked at one by one, grants *name*."""
    try:
        return any(each.has_perm(user, name) for each in _others() if hasattr(each, "has_perm"))
    except PermissionDenied:
        return False


def _others() -> list[Any]:
    return [each for each in get_backends() if not isinstance(each, PermissionBackend)]


def _codename(grant: Any) -> str:
    """The grant as Django asks for it; one on a record counts as one on the model."""
    if grant.content_type is None:
        return str(grant.name)
    return codename(grant.name, f"{grant.content_type.app_label}.{grant.content_type.model}")
