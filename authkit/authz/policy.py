"""The policy: which groups there are, and what they may do. Who is in them is none of it.

Groups of single persons are left out: they belong to people, who differ from database to database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import router, transaction
from django.db.models import Count
from django.utils import timezone

from authkit.conf import get_conf
from authkit.models import get_group_model, get_membership_model, get_permission_model
from authkit.models.expiry import in_force, is_in_force
from authkit.models.targets import NIL, Target

from .policy_file import NewGroup, PolicyGroup, Right


def write_alias() -> str:
    """Where groups and grants are written."""
    return router.db_for_write(get_permission_model())


def groups_by_name(using: str) -> dict[str, Any]:
    """Every group but those of single persons."""
    groups: Any = get_group_model()._default_manager.db_manager(using)
    return {group.name: group for group in groups.shared().order_by("name")}


def _grants(groups: Iterable[Any], using: str) -> dict[Any, dict[Right, Any]]:
    """By the key of a group its grants, expired ones too."""
    found: dict[Any, dict[Right, Any]] = defaultdict(dict)
    rows = get_permission_model()._default_manager.using(using).order_by("pk")
    for row in rows.filter(group__in=[group.pk for group in groups]):
        found[row.group_id][row.name, row.target] = row
    return found


@dataclass
class Plan:
    """What would make the database as the file says; what it has beyond that is extra."""

    using: str
    new: list[PolicyGroup] = field(default_factory=list)
    described: list[tuple[Any, str]] = field(default_factory=list)
    given: list[tuple[str, Right, datetime | None, bool]] = field(default_factory=list)
    extra_grants: list[Any] = field(default_factory=list)
    extra_groups: list[Any] = field(default_factory=list)

    def changes(self, *, prune: bool) -> list[str]:
        """Each change in a line."""
        lines = [f"+ group {group.name}" for group in self.new]
        lines += [f"~ group {group.name}: description" for group, _text in self.described]
        lines += [
            f"{'~' if known else '+'} {group}: {_words(right, self.using)}{_until(ends)}"
            for group, right, ends, known in self.given
        ]
        return [*lines, *self.extra("-")] if prune else lines

    def extra(self, sign: str) -> list[str]:
        """What only pruning removes."""
        lines = [
            f"{sign} {row.group.name}: {_words((row.name, row.target), self.using)}"
            for row in self.extra_grants
        ]
        return lines + [
            f"{sign} group {group.name} ({_counted(group.member_count)})"
            for group in self.extra_groups
        ]


def plan(wanted: list[PolicyGroup], using: str) -> Plan:
    """Compare the database with what is *wanted*."""
    groups = groups_by_name(using)
    held = _grants(groups.values(), using)
    made = Plan(using)
    for each in wanted:
        group = groups.pop(each.name, None)
        if group is None:
            made.new.append(each)
        elif each.description is not None and each.description != group.description:
            made.described.append((group, each.description))
        rows = {} if group is None else held[group.pk]
        for right, ends in each.grants.items():
            row = rows.pop(right, None)
            if row is None or row.expires_at != ends:
                made.given.append((each.name, right, ends, row is not None))
        made.extra_grants += _extra(rows, group)
    # It stays without its grants: whoever becomes active joins it.
    everybody = groups.pop(get_conf().EVERYBODY_GROUP, None)
    if everybody is not None:
        made.extra_grants += _extra(held[everybody.pk], everybody)
    made.extra_groups = list(groups.values())
    _count_members(made)
    return made


def _extra(rows: dict[Right, Any], group: Any) -> list[Any]:
    """Those of *rows*, which no file names, that are in force."""
    found = [row for row in rows.values() if is_in_force(row)]
    for row in found:
        row.group = group
    return found


def _count_members(made: Plan) -> None:
    rows: Any = get_membership_model()._base_manager.using(made.using).filter(in_force())
    rows = rows.filter(group__in=[group.pk for group in made.extra_groups])
    counts = dict(rows.values_list("group").annotate(Count("pk")))
    for group in made.extra_groups:
        group.member_count = counts.get(group.pk, 0)


def sync(wanted: list[PolicyGroup], *, prune: bool) -> Plan:
    """What was changed, in one transaction; an event for each group, and for its grants."""
    using = write_alias()
    with transaction.atomic(using=using):
        made = plan(wanted, using)
        _apply(made)
        if prune:
            _prune(made)
    return made


def _apply(made: Plan) -> None:
    manager: Any = get_group_model()._default_manager.db_manager(made.using)
    for new in made.new:
        manager.create_group(new.name, description=new.description or "")
    for group, description in made.described:
        group.description = description
        group.save(using=made.using, update_fields=["description"])
    together: dict[Any, list[Right]] = defaultdict(list)
    for name, right, ends, _known in made.given:
        together[name, ends].append(right)
    pks = dict(
        manager.filter(name__in={name for name, _ends in together}).values_list("name", "pk")
    )
    grants: Any = get_permission_model()._default_manager.db_manager(made.using)
    for (name, ends), rights in together.items():
        keys = [(_made(target, made.using), right, pks[name]) for right, target in rights]
        grants.add_keys(keys, expires_at=ends)


def _made(target: Target | NewGroup, using: str) -> Target:
    """*target*, where it is a new group once that is there."""
    if isinstance(target, Target):
        return target
    group = get_group_model()._base_manager.using(using).get(name=target.name)
    return Target.of(group, using=using)


def _prune(made: Plan) -> None:
    grants: Any = get_permission_model()._default_manager
    by_group: dict[Any, list[Any]] = defaultdict(list)
    for row in made.extra_grants:
        by_group[row.group_id].append(row)
    for rows in by_group.values():
        grants.using(made.using).filter(pk__in=[row.pk for row in rows]).discard()
    for group in made.extra_groups:
        group.delete(using=made.using)


def _words(right: Right, using: str) -> str:
    name, target = right
    if isinstance(target, NewGroup):
        return f"{name} on {get_group_model()._meta.label_lower} {target.name!r}"
    if not target.key:
        return name
    content_type = ContentType.objects.db_manager(using).get_for_id(target.key)
    label = f"{content_type.app_label}.{content_type.model}"
    if not target.is_record:
        return f"{name} on {label}"
    key = target.object_id if target.object_uuid == NIL else target.object_uuid
    return f"{name} on {label} {key}"


def _counted(members: int) -> str:
    return "1 member" if members == 1 else f"{members} members"


def _until(ends: datetime | None) -> str:
    return "" if ends is None else f" until {utc(ends):%Y-%m-%d %H:%M}"


def utc(moment: datetime) -> datetime:
    """*moment*, as the database holds it, in UTC."""
    return (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).astimezone(UTC)
