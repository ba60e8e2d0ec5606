"""What an account holds, by grants and by backends beside authkit's, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_backends, get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet

from authkit.authz import memory, resolver
from authkit.authz.backend import PermissionBackend, codename, question
from authkit.authz.grants import all_in_force, covering, memberships_of
from authkit.authz.holders import EVERYTHING, NOBODY, Holder, holder_of
from authkit.models import Status, get_permission_model
from authkit.models.batches import batches
from authkit.models.expiry import in_force
from authkit.models.permissions import is_permission_name
from authkit.models.targets import NIL, Target

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


def is_member(actor: Any, group: Any, end: datetime | None) -> bool:
    """Whether *actor* is in *group* until *end*, or for good if that is None."""
    rows = memberships_of(holder_of(actor), resolver.read_alias())
    return bool(rows.filter(_lasts("", end), group=group.pk).exists())


def is_in_every_group_of(actor: Any, user: Any) -> bool:
    """Whether *actor* is in the groups of *user*, each for as long; their own is none of them."""
    using = resolver.read_alias()
    theirs = memberships_of(Holder("user", user.pk), using).exclude(group__owner=user.pk)
    same = _lasts("", OuterRef("expires_at")), Q(group=OuterRef("group"))
    mine = memberships_of(holder_of(actor), using).filter(*same)
    return not theirs.exclude(Exists(mine)).exists()


def grants_of_own_group(user: Any) -> QuerySet[Any]:
    """The grants in force that are given to *user* alone, who may come back into their group."""
    grants: QuerySet[Any] = all_in_force(resolver.read_alias())
    return grants.filter(group__owner=user.pk)


def lacking(actor: Any, grants: QuerySet[Any], *, now: bool = False) -> QuerySet[Any]:
    """Those of *grants* that authkit's own do not give to *actor*, each for as long as it lasts.

    now: it is enough that *actor* holds them at present.
    """
    member = "group__auth_memberships__"
    lasting = [] if now else [_lasts(way, OuterRef("expires_at")) for way in ("", member)]
    mine = all_in_force(grants.db).filter(
        in_force(member),
        *lasting,
        Q(object_id=0) | Q(object_id=OuterRef("object_id")),
        Q(object_uuid=NIL) | Q(object_uuid=OuterRef("object_uuid")),
        name=OuterRef("name"),
        target_key=OuterRef("target_key"),
        **{f"{member}user": holder_of(actor).key},
    )
    return grants.exclude(Exists(mine))


def holds_each(actor: Any, grants: QuerySet[Any], *, now: bool = False) -> bool:
    """Whether *actor* holds all of *grants*; see ``lacking``.

    Cost: one query, and what other backends ask.
    """
    rows = lacking(actor, grants, now=now).order_by()
    rows = rows.values_list("name", "content_type__app_label", "content_type__model")
    return all(_is_granted_elsewhere(actor, _spelled(*row)) for row in rows.distinct())


def held_now(actor: Any, grants: Iterable[Any]) -> dict[Any, bool]:
    """By its key, whether *actor* holds each of *grants* at present. Cost: as ``holds_each``."""
    listed = list(grants)
    rows = get_permission_model()._base_manager.using(resolver.read_alias())
    parts = batches([grant.pk for grant in listed])
    gone = {
        pk
        for part in parts
        for pk in lacking(actor, rows.filter(pk__in=part), now=True).values_list("pk", flat=True)
    }
    return {
        grant.pk: grant.pk not in gone or _is_granted_elsewhere(actor, _codename(grant))
        for grant in listed
    }


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
    lasting = _lasts("", end)
    groups = memberships_of(holder, using).filter(lasting).values("group")
    rows = all_in_force(using).filter(lasting, name=name, group__in=groups, **covering(target))
    return bool(rows.exists())


def _lasts(prefix: str, end: Any) -> Q:
    """What a row fulfils that does not end before *end*; see ``in_force``."""
    for_good = Q((f"{prefix}expires_at", None))
    return for_good if end is None else for_good | Q((f"{prefix}expires_at__gte", end))


def _is_granted_elsewhere(user: Any, name: str) -> bool:
    """Whether a backend beside authkit's, whose grants are looked at one by one, grants *name*."""
    try:
        return any(each.has_perm(user, name) for each in _others() if hasattr(each, "has_perm"))
    except PermissionDenied:
        return False


def _others() -> list[Any]:
    return [each for each in get_backends() if not isinstance(each, PermissionBackend)]


def _codename(grant: Any) -> str:
    """The grant as Django asks for it."""
    found = grant.content_type
    return _spelled(grant.name, found and found.app_label, found and found.model)


def _spelled(name: str, app_label: str | None, model: str | None) -> str:
    """A right as Django asks for it; one on a record counts as one on the model."""
    return codename(name, f"{app_label}.{model}") if app_label else name
