"""The queries of every question: which grants and memberships are in force, and for whom."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
)

from authkit.models import get_membership_model, get_permission_model
from authkit.models.expiry import in_force
from authkit.models.targets import NIL, Target

from .holders import Holder, active_filter
from .statements import NOW, OneOf, Slot

USER = Slot("user", BigIntegerField())
GROUP = Slot("group", BigIntegerField())
NAME = Slot("name", CharField())
KEY = Slot("key", BigIntegerField())
RECORD_ID = Slot("record", BigIntegerField())
RECORD_UUID = Slot("record", UUIDField())

Rows = QuerySet[Any]


def covering(target: Target) -> dict[str, Any]:
    """What a grant fulfils that answers for *target*: it is on the record, or on its model."""
    return {
        "target_key": target.key,
        "object_id__in": sorted({0, target.object_id}),
        "object_uuid__in": sorted({NIL, target.object_uuid}),
    }


# As compiled statements

# By the kind of target: which grants are on exactly it, and which cover it.
_ON: dict[str, dict[str, Any]] = {
    "model": {"object_id": 0, "object_uuid": NIL},
    "integer": {"object_id": RECORD_ID, "object_uuid": NIL},
    "uuid": {"object_id": 0, "object_uuid": RECORD_UUID},
    "any": {},
}
_COVERING: dict[str, dict[str, Any]] = {
    **_ON,
    "integer": {"object_id__in": [0, RECORD_ID], "object_uuid": NIL},
    "uuid": {"object_id": 0, "object_uuid__in": [NIL, RECORD_UUID]},
}


def slots(name: str, target: Target, holder: Holder | None = None) -> dict[str, Any]:
    """What fills the slots of a question's statement."""
    values = {
        "name": name,
        "key": target.content_type_id or 0,
        "record": target.record_key,
    }
    if holder is not None:
        values["group" if holder.how in {"group", "group_name"} else "user"] = holder.key
    return values


def found(rows: Rows) -> Rows:
    """Whether there is one: answered from an index alone."""
    one: Rows = rows.order_by().annotate(found=Value(1)).values_list("found")[:1]
    return one


def may(how: str, kind: str, vendor: str) -> Rows:
    """Finds a row if the holder has a grant that covers the target."""
    if how != "user" or vendor == "postgresql":
        return found(_granted(how, kind))
    # Each group by itself, for these databases would not begin with the few groups of a user.
    members = get_membership_model()._base_manager.filter(in_force(at=NOW), user=USER)
    permissions: Any = get_permission_model()._base_manager
    here = permissions.filter(in_force(at=NOW), name=NAME, target_key=KEY, group=OuterRef("group"))
    hit = Q(Exists(here.filter(**_ON[kind])))
    if kind in {"integer", "uuid"}:
        # Two look-ups, which SQLite answers faster than one of either key.
        hit |= Q(Exists(here.filter(**_ON["model"])))
    return found(members.annotate(hit=Case(When(hit, then=1), default=0)).filter(hit=1))


def user_may(kind: str, bypass: bool) -> Rows:  # noqa: FBT001, a part of the statement's key
    """The same for a user of whom nothing is known yet: status, rank and grant at once."""
    users: Any = get_user_model()._base_manager
    granted = Q(Exists(_granted("user", kind)))
    if bypass and has_superusers():
        granted |= Q(is_superuser=True)
    rows: Rows = users.filter(granted, pk=USER, **active_filter())
    return found(rows)


def has_superusers() -> bool:
    return any(field.name == "is_superuser" for field in get_user_model()._meta.get_fields())


def _granted(how: str, kind: str) -> Rows:
    permissions: Any = get_permission_model()._base_manager
    rows: Rows = permissions.filter(in_force(at=NOW), name=NAME, target_key=KEY)
    return rows.filter(_held_by(how), **_COVERING[kind])


def _held_by(how: str) -> Any:
    if how == "group":
        return Q(group=GROUP)
    if how == "group_name":
        return Q(group__name=GROUP)
    rows = get_membership_model()._base_manager.filter(in_force(at=NOW), user=USER)
    return OneOf(F("group"), rows.values("group").query)


def belongs(by_name: bool, known: bool) -> Rows:  # noqa: FBT001, parts of the statement's key
    """Finds a row if the user is a member of the group.

    known: that the user is active.
    """
    rows = get_membership_model()._base_manager.filter(in_force(at=NOW), user=USER)
    rows = rows.filter(**{"group__name" if by_name else "group": GROUP})
    active = {} if known else {f"user__{name}": value for name, value in active_filter().items()}
    return found(rows.filter(**active))


def many(how: str, kind: str, names: int, records: int) -> Rows:
    """The names and keys of all grants that cover one of so many records for one of the names."""
    column, none, field = (
        ("object_uuid", NIL, UUIDField()) if kind == "uuid" else ("object_id", 0, BigIntegerField())
    )
    keys = [none, *(Slot(f"record{i}", field) for i in range(records))]
    other = {"object_id": 0} if kind == "uuid" else {"object_uuid": NIL}
    return (
        get_permission_model()
        ._base_manager.filter(_held_by(how), in_force(at=NOW), target_key=KEY, **other)
        .filter(name__in=[Slot(f"name{i}", CharField()) for i in range(names)])
        .filter(**{f"{column}__in": keys})
        .order_by()
        .values_list("name", column)
    )


def in_app(how: str, models: int) -> Rows:
    """Finds a row if the holder has a grant on one of so many models, or a capability like theirs.

    A capability is spelled as Django spells rights: between "app." and "app/", the next character.
    """
    rows = get_permission_model()._base_manager.filter(_held_by(how), in_force(at=NOW))
    spelled = Q(
        target_key=0, name__gt=Slot("first", CharField()), name__lt=Slot("last", CharField())
    )
    keys = [Slot(f"key{i}", BigIntegerField()) for i in range(models)]
    return found(rows.filter(spelled | Q(target_key__in=keys)))


# As parts of a list


def records(how: str, column: str) -> Rows:
    """The keys of the records on which the holder has a grant of the name."""
    none = 0 if column == "object_id" else NIL
    rows = get_permission_model()._base_manager.filter(in_force(at=NOW), name=NAME, target_key=KEY)
    rows = rows.filter(_held_by(how)).exclude(**{column: none})
    keys: Rows = rows.order_by().values(column)
    return keys


def users(kind: str, bypass: bool) -> Rows:  # noqa: FBT001, a part of the statement's key
    """The keys of the members of all groups with a grant that covers the target.

    bypass: and of every superuser.
    """
    members = get_membership_model()._base_manager.filter(in_force(at=NOW))
    found = members.filter(OneOf(F("group"), groups(kind).query)).order_by().values("user")
    if not (bypass and has_superusers()):
        return found
    # "In", for SQLite uses no index where a column stands alone.
    supers = get_user_model()._base_manager.filter(is_superuser__in=[True], **active_filter())
    return found.union(supers.order_by().values("pk"), all=True)


def groups(kind: str) -> Rows:
    """The keys of the groups with a grant that covers the target."""
    rows = get_permission_model()._base_manager.filter(in_force(at=NOW), name=NAME, target_key=KEY)
    return rows.filter(**_COVERING[kind]).order_by().values("group")


def all_in_force(using: str) -> Rows:
    """Every grant that has not expired."""
    rows: Rows = get_permission_model()._base_manager.using(using).filter(in_force())
    return rows


def granted_to(holder: Holder, using: str) -> Rows:
    """Every grant in force of *holder*, a user or a group."""
    rows = all_in_force(using)
    if holder.how == "group_name":
        return rows.filter(group__name=holder.key)
    if holder.how == "group":
        return rows.filter(group=holder.key)
    return rows.filter(group__in=memberships_of(holder, using).values("group"))


def memberships_of(holder: Holder, using: str) -> Rows:
    """Every membership in force of *holder*, a user."""
    rows = get_membership_model()._base_manager.using(using)
    return rows.filter(in_force(), user=holder.key)
