"""The facade: the verbs of authorization, each an argument turned into what it means and one call.

A question is answered False where there is nobody to answer for; a command raises. Without
``user`` or ``group`` it is about the current user.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar, overload
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.db.models import Manager, Model, QuerySet

from .authz import arguments, commands, explaining, lists, resolver
from .authz.arguments import UNSET, Missing
from .authz.explaining import Decision, Reason
from .models import AbstractGroup, AbstractMembership, AbstractPermission

if TYPE_CHECKING:
    # The user model in use, as far as the type checker knows it.
    from django.contrib.auth.models import _User as User

# fmt: off
__all__ = [
    "Decision", "Reason",
    "create_group", "delete_group", "add_membership", "remove_membership", "has_membership",
    "add_permission", "remove_permission", "has_permission", "has_any_permission", "check_many",
    "permitted", "users_with", "groups_with", "explain",
    "disable_user", "block_user", "allow_user", "approve_user",
    "acreate_group", "adelete_group", "aadd_membership", "aremove_membership", "ahas_membership",
    "aadd_permission", "aremove_permission", "ahas_permission", "ahas_any_permission",
    "acheck_many", "apermitted", "ausers_with", "agroups_with", "aexplain",
    "adisable_user", "ablock_user", "aallow_user", "aapprove_user",
]
# fmt: on

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=Model)
One: TypeAlias = Model | type[Model] | AnonymousUser | int | str | UUID


def __dir__() -> list[str]:
    return sorted(__all__)


# Groups and memberships


def create_group(name: str, *, description: str = "") -> AbstractGroup:
    """The new group. Raises IntegrityError: there is one of this name."""
    return commands.create_group(name, description)


def delete_group(group: Any) -> int:
    """How many groups were deleted: 0 or 1; members and permissions go along."""
    return commands.delete_group(group)


def add_membership(
    group: Any, user: Any = UNSET, *, expires_at: datetime | None = None
) -> AbstractMembership:
    """The membership, made or prolonged: the last call's *expires_at* wins.

    Raises DoesNotExist, ValueError, TypeError: there is no such group or user; or *expires_at* is
    no datetime.
    """
    return commands.add_membership(group, user, expires_at)


def remove_membership(group: Any, user: Any = UNSET) -> int:
    """How many memberships were removed: 0 or 1. Raises: as ``add_membership``."""
    return commands.remove_membership(group, user)


def has_membership(group: Any, *, user: Any = UNSET) -> bool:
    """Whether the active user is in the group; a superuser is where they were added."""
    return resolver.is_member(arguments.asked_member(user), arguments.group_holder(group))


# Permissions


@overload
def add_permission(
    group: One,
    name: str,
    target: One | Missing = ...,
    record: One | Missing = ...,
    *,
    expires_at: datetime | None = ...,
) -> AbstractPermission: ...
@overload
def add_permission(
    group: Any,
    name: str | Iterable[str],
    target: Any = ...,
    record: Any = ...,
    *,
    expires_at: datetime | None = ...,
) -> list[AbstractPermission]: ...
def add_permission(
    group: Any,
    name: str | Iterable[str],
    target: Any = UNSET,
    record: Any = UNSET,
    *,
    expires_at: datetime | None = None,
) -> AbstractPermission | list[AbstractPermission]:
    """The grant, made or prolonged; a list of them where any argument is several.

    group: one or several groups, or users, whose own groups they are given to. target: a model, its
    label, a record, a QuerySet or list of them; left out, the right is not about records. record:
    one of the model *target*, its key, or several.
    Raises DoesNotExist, LookupError, ValueError, TypeError: there is no such group, user, model or
    key. ValidationError: no permission can have this name.
    """
    return commands.add_permission(group, name, target, record, expires_at)


def remove_permission(
    group: Any, name: str | Iterable[str], target: Any = UNSET, record: Any = UNSET
) -> int:
    """How many grants were revoked: of exactly these targets. Raises: as ``add_permission``."""
    return commands.remove_permission(group, name, target, record)


def has_permission(
    name: str, target: Any = UNSET, record: Any = UNSET, *, user: Any = UNSET, group: Any = UNSET
) -> bool:
    """Whether a grant of *name* covers the target: it is on it, or on its whole model.

    Cost: one statement; none when it was asked before in this request.
    Raises LookupError, ValueError, TypeError: there is no such model, or no such key can be; so
    does every question. RuntimeError: neither *user* nor *group* is given outside of a request.
    """
    holder = arguments.asked_holder(user, group)
    return resolver.may(holder, name, arguments.asked_target(target, record))


def has_any_permission(name: str, target: Any, *, user: Any = UNSET, group: Any = UNSET) -> bool:
    """Whether there is a grant of *name* on the model or on any record of it."""
    holder = arguments.asked_holder(user, group)
    return resolver.may_some(holder, name, arguments.one_target(arguments.target_model(target)))


def check_many(
    names: str | Iterable[str], records: Any, *, user: Any = UNSET, group: Any = UNSET
) -> dict[tuple[str, Any], bool]:
    """For each name and key of a record, whether a grant covers it.

    Cost: one statement for 512 records; one more for a QuerySet, and for the key of a user.
    Raises ValueError: the records are of several models.
    """
    holder, asked = arguments.asked_holder(user, group), arguments.listed(names)
    found = arguments.records_of(records)
    granted = resolver.may_each(holder, asked, [target for _pk, target in found])
    return {(name, pk): granted.covers(name, target) for name in asked for pk, target in found}


def permitted(
    rows: QuerySet[M] | Manager[M] | type[M], name: str, *, user: Any = UNSET, group: Any = UNSET
) -> QuerySet[M]:
    """The records of *rows* that a grant of *name* covers, as a QuerySet of one query.

    Cost: one statement at once, which is remembered; one more for the key of a user.
    Raises TypeError: *rows* are sliced or combined already.
    """
    holder = arguments.asked_holder(user, group)
    return lists.permitted(arguments.queryset_of(rows), holder, name)


def users_with(name: str, target: Any = UNSET, record: Any = UNSET) -> QuerySet[User]:
    """The users for whom ``has_permission`` says yes."""
    return lists.users_with(name, arguments.asked_target(target, record))


def groups_with(name: str, target: Any = UNSET, record: Any = UNSET) -> QuerySet[AbstractGroup]:
    """The groups for which ``has_permission`` says yes."""
    return lists.groups_with(name, arguments.asked_target(target, record))


def explain(
    name: str, target: Any = UNSET, record: Any = UNSET, *, user: Any = UNSET, group: Any = UNSET
) -> Decision:
    """The answer of ``has_permission``, asked anew, and what it rests on or lacks.

    Cost: at most five statements.
    """
    holder = arguments.asked_holder(user, group)
    about = "user" if group is UNSET else "group"
    return explaining.explain(holder, name, arguments.asked_target(target, record), about=about)


# Users


def disable_user(user: Any) -> None:
    """Active → disabled: no login until the person sets a new password by mail."""
    commands.change_status("disable", user)


def block_user(user: Any) -> None:
    """Any → blocked: nothing at all, on any path."""
    commands.change_status("block", user)


def allow_user(user: Any) -> None:
    """Blocked → what held before; disabled → active."""
    commands.change_status("allow", user)


def approve_user(user: Any) -> None:
    """Pending → active."""
    commands.change_status("approve", user)


# In async code


def twin(verb: Callable[P, R]) -> Callable[P, Coroutine[Any, Any, R]]:
    """*verb* for a coroutine: it runs in the thread that owns the database connections."""
    return sync_to_async(verb, thread_sensitive=True)


acreate_group = twin(create_group)
adelete_group = twin(delete_group)
aadd_membership = twin(add_membership)
aremove_membership = twin(remove_membership)
ahas_membership = twin(has_membership)
aadd_permission = twin(add_permission)
aremove_permission = twin(remove_permission)
ahas_permission = twin(has_permission)
ahas_any_permission = twin(has_any_permission)
acheck_many = twin(check_many)
apermitted = twin(permitted)
ausers_with = twin(users_with)
agroups_with = twin(groups_with)
aexplain = twin(explain)
adisable_user = twin(disable_user)
ablock_user = twin(block_user)
aallow_user = twin(allow_user)
aapprove_user = twin(approve_user)
