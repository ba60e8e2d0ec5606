"""The one resolver: whoever asks, and however, gets the answer from here, or from ``lists``.

Takes what has been resolved: a Holder, a name, a Target.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connections, router

from authkit.conf import get_conf
from authkit.models import (
    get_group_model,
    get_membership_model,
    get_permission_model,
)
from authkit.models.permissions import is_permission_name
from authkit.models.targets import NIL, Target

from . import grants, memory
from .holders import EVERYTHING, NOBODY, Holder, loaded
from .statements import ask, compiled

logger = logging.getLogger("authkit.authz")
CHUNK = 512
NO_TYPE = -1  # the key of no content type, nor 0, which is that of capabilities


def read_alias() -> str:
    """The database that is asked."""
    return router.db_for_read(get_permission_model())


def may(
    holder: Holder,
    name: str,
    target: Target,
    kind: str = "",
    *,
    using: str | None = None,
    remembered: bool = True,
) -> bool:
    """Whether *holder* has a grant of *name* that covers *target*.

    Cost: one statement; none when it was asked before in this request.
    """
    if holder is NOBODY or not is_permission_name(name):
        return False
    if holder is EVERYTHING:
        return True
    question = holder, name, target, kind or target.kind, using
    return memory.once(_ask, *question) if remembered else _ask(*question)


def may_some(holder: Holder, name: str, target: Target) -> bool:
    """Whether *holder* has a grant of *name* on the model of *target* or any record of it."""
    return may(holder, name, target, "any")


def may_in_app(holder: Holder, app_label: str) -> bool:
    """Whether *holder* has a grant on a model or record of the app, or a capability so spelled."""
    if holder is NOBODY or holder is EVERYTHING:
        return holder is EVERYTHING
    return memory.once(_ask_in_app, holder, app_label)


def _ask_in_app(holder: Holder, app_label: str) -> bool:
    config = apps.app_configs.get(app_label)
    types = ContentType.objects.get_for_models(*(config.get_models() if config else ()))
    keys = _padded([NO_TYPE, *(each.pk for each in types.values())])
    values = {f"key{i}": key for i, key in enumerate(keys)}
    values |= {"user": holder.key, "first": f"{app_label}.", "last": f"{app_label}/"}
    return ask(connections[read_alias()], values, grants.in_app, holder.how, len(keys))


def _ask(holder: Holder, name: str, target: Target, kind: str, using: str | None) -> bool:
    connection = connections[using or read_alias()]
    values = grants.slots(name, target, holder)
    if holder.how == "user_key":
        answer = ask(connection, values, grants.user_may, kind, get_conf().SUPERUSER_BYPASS)
    else:
        answer = ask(connection, values, grants.may, holder.how, kind, connection.vendor)
    if not answer and _listens():
        _tell_unknown(holder, name)
    return answer


def is_member(holder: Holder, group: Holder) -> bool:
    """Whether the user *holder* is in the group *group*."""
    if holder is NOBODY or group is NOBODY:
        return False
    return memory.once(_is_member, holder, group)


def _is_member(holder: Holder, group: Holder) -> bool:
    connection = connections[router.db_for_read(get_membership_model())]
    shape = (group.how == "group_name", holder.how == "user")
    answer = ask(connection, {"user": holder.key, "group": group.key}, grants.belongs, *shape)
    if not answer and _listens():
        _tell_unknown(group)
    return answer


def _listens() -> bool:
    """Whether a slip of the pen is worth the queries that find it: where software is written."""
    return settings.DEBUG or logger.isEnabledFor(logging.DEBUG)


def _tell_unknown(holder: Holder, name: str | None = None) -> None:
    """Log that there is no such group, or no grant of the name, which may come to be."""
    column = {"group": "pk", "group_name": "name"}.get(holder.how)
    groups = get_group_model()._base_manager.using(read_alias())
    if column and not groups.filter(**{column: holder.key}).exists():
        logger.warning("There is no group %r.", holder.key)
    grants_of = get_permission_model()._base_manager.using(read_alias())
    if name is not None and not grants_of.filter(name=name).exists():
        logger.debug("No group has a permission %r.", name)


class Granted(NamedTuple):
    """What a holder may, of several names on several records of one model."""

    on_all: frozenset[str] = frozenset()
    on_one: frozenset[tuple[str, Any]] = frozenset()

    def covers(self, name: str, target: Target) -> bool:
        """Whether *name* is granted on *target*."""
        return name in self.on_all or (name, target.record_key) in self.on_one


def may_each(holder: Holder, names: Sequence[str], targets: Sequence[Target]) -> Granted:
    """Which of *names* the *holder* may on which of *targets*, of one model; then remembered.

    Cost: one statement for 512 records.
    """
    known = memory.recall()
    granted = _granted(loaded(holder, read_alias()), names, targets)
    if known is not None:
        for name in names:
            for target in targets:
                question = holder, name, target, target.kind, None
                known[_ask, question] = granted.covers(name, target)
    return granted


def foresee(holder: Holder, names: tuple[str, ...], target: Target) -> None:
    """Have the answers for several *names* remembered after one statement, where one can be."""
    known = memory.recall()
    if known is not None and holder.how == "user" and len(names) > 1:
        question = holder, names[0], target, target.kind, None
        if (_ask, question) not in known:
            may_each(holder, names, [target])


def _granted(holder: Holder, names: Sequence[str], targets: Sequence[Target]) -> Granted:
    asked = [name for name in dict.fromkeys(names) if is_permission_name(name)]
    if holder is EVERYTHING:
        return Granted(on_all=frozenset(asked))
    if holder is NOBODY or not asked:
        return Granted()
    on_all, on_one = set(), set()
    for start in range(0, len(targets), CHUNK):
        for name, key in _grants_on(holder, asked, targets[start : start + CHUNK]):
            if key is None:
                on_all.add(name)
            else:
                on_one.add((name, key))
    return Granted(on_all=frozenset(on_all), on_one=frozenset(on_one))


def _grants_on(
    holder: Holder, names: Sequence[str], targets: Sequence[Target]
) -> Iterable[tuple[str, Any]]:
    """Name and key of each grant; the key is None where it is on the model."""
    keys = _padded([target.record_key or 0 for target in targets])
    padded = _padded(names)
    values = {f"record{i}": key for i, key in enumerate(keys)}
    values |= {f"name{i}": name for i, name in enumerate(padded)}
    values |= {
        "user" if holder.how == "user" else "group": holder.key,
        "key": targets[0].key,
    }
    connection = connections[read_alias()]
    shape = holder.how, targets[0].kind, len(padded), len(keys)
    statement = compiled(connection.alias, grants.many, *shape)
    for name, value in statement.run(connection, values):
        # Two of the databases hand a UUID out as text.
        key = UUID(value) if isinstance(value, str) else value
        yield name, None if key in (0, NIL) else key


def _padded(values: Sequence[Any]) -> list[Any]:
    """*values* up to a power of two, so that few statements serve lists of every length."""
    size = 1 << (len(values) - 1).bit_length()
    return [*values, *[values[-1]] * (size - len(values))]
