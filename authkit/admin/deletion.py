"""What goes with a group, in numbers: Django's own page would load and list every member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import NestedObjects
from django.contrib.auth import get_user_model
from django.db import models, router
from django.http import HttpRequest
from django.utils.text import capfirst

from authkit.models import get_group_model, get_membership_model, get_permission_model

from .ranks import ask_once, is_unlimited, may_manage

MOST_MEMBERS = 50  # for each is asked about; more are taken out first, or by a superuser

# As Django's get_deleted_objects(): what is deleted, how many of each, what the visitor may not
# delete, and what forbids the deletion.
Deleted = tuple[list[Any], dict[str, int], set[str], list[str]]


class Others(NestedObjects):
    """Everything that goes with a group but its memberships and permissions."""

    def related_objects(
        self, related_model: type[models.Model], related_fields: Iterable[Any], objs: Any
    ) -> Any:
        if related_model in {get_membership_model(), get_permission_model()}:
            return related_model._base_manager.none()
        return super().related_objects(related_model, related_fields, objs)


def deleted_with(groups: Any, request: HttpRequest, site: admin.AdminSite) -> Deleted:
    """What deleting *groups* deletes."""
    groups = list(groups)
    others = Others(using=router.db_for_write(get_group_model()), origin=groups)
    others.collect(groups)
    found: dict[Any, Any] = others.model_objs
    counts = {model: len(rows) for model, rows in found.items()}
    for model in (get_membership_model(), get_permission_model()):
        # Grants on a group go with it like those that it holds.
        known = [row.pk for row in found.get(model, ())]
        own = model._base_manager.filter(group__in=groups).exclude(pk__in=known)
        counts[model] = len(known) + own.count()
    needed = {model for model, count in counts.items() if count and not _may(request, site, model)}
    needed |= {
        model
        for model, rows in found.items()
        if not all(_may(request, site, model, row) for row in rows)
    }
    if not _may_touch_members(request, groups):
        needed.add(get_membership_model())
    return (
        others.nested(_name),
        {str(model._meta.verbose_name_plural): count for model, count in counts.items()},
        {str(model._meta.verbose_name) for model in needed},
        [_name(row) for row in others.protected],
    )


def _name(row: models.Model) -> str:
    return f"{capfirst(row._meta.verbose_name)}: {row}"


def _may(request: HttpRequest, site: admin.AdminSite, model: Any, row: Any = None) -> bool:
    if not site.is_registered(model):
        return True
    return bool(site.get_model_admin(model).has_delete_permission(request, row))


def _may_touch_members(request: HttpRequest, groups: list[Any]) -> bool:
    if is_unlimited(request.user):
        return True
    rows = get_membership_model()._base_manager.filter(group__in=groups)
    users = get_user_model()._base_manager.filter(pk__in=rows.values("user"))
    members = list(users[: MOST_MEMBERS + 1])
    return len(members) <= MOST_MEMBERS and all(
        ask_once(may_manage, request, member) for member in members
    )
