"""Writes the audit trail: one event for each action, in the transaction of the change."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import get_user_model
from django.db import Error, transaction
from django.http import HttpRequest

from authkit.conf import get_conf
from authkit.context import get_request
from authkit.models import Outcome, get_event_model

__all__ = ["actor_of", "naming", "record", "refuse", "write_refusals"]

logger = logging.getLogger("authkit.audit")

# The name, and the keys of the users that it was recorded for.
_name: ContextVar[tuple[str, set[str]] | None] = ContextVar("authkit_event_name", default=None)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Within it, a user's changes are one event under *name*, the action that was chosen."""
    token = _name.set((name, set()))
    try:
        yield
    finally:
        _name.reset(token)


def current_name() -> str | None:
    """The name that ``naming`` has set."""
    scope = _name.get()
    return scope[0] if scope else None


def claim_event(pk: Any) -> bool:
    """Whether an event of this user is still to be written: within ``naming`` the first time."""
    scope = _name.get()
    if scope is None or pk is None:
        return True
    is_first = str(pk) not in scope[1]
    scope[1].add(str(pk))
    return is_first


def record(
    name: str,
    *,
    user: Any = None,
    user_pk: Any = None,
    actor: Any = None,
    outcome: Outcome = Outcome.SUCCESS,
    target: str = "",
    data: dict[str, Any] | None = None,
    using: str | None = None,
    deleted: bool = False,
) -> None:
    """Add an event to the current transaction, so that it stands or falls with the change.

    deleted: users have just been deleted, maybe the actor too.
    """
    if get_conf().LOG_EVENTS:
        fields = _describe(name, user, user_pk, actor, outcome, target, data or {})
        if deleted:
            _drop_dangling(fields, using)
        get_event_model()._default_manager.using(using).create(**fields)


def refuse(name: str, *, user: Any = None, target: str = "", **data: Any) -> None:
    """Note that an action was refused; written after the view's transaction has ended.

    Outside a request it is written at once.
    """
    if not get_conf().LOG_EVENTS:
        return
    request = get_request()
    fields = _describe(name, user, None, None, Outcome.FAILURE, target, data)
    if request is None:
        _write_refusal(fields)
        return
    queue = request.__dict__.setdefault("authkit_refusals", [])
    queue.append(fields)


def write_refusals(request: HttpRequest) -> None:
    """Write what ``refuse`` has queued on *request*; a failure is logged, never raised."""
    for fields in request.__dict__.pop("authkit_refusals", ()):
        _write_refusal(fields)


def _write_refusal(fields: dict[str, Any]) -> None:
    model = get_event_model()
    try:
        with transaction.atomic():
            _drop_dangling(fields, None)
            model._default_manager.create(**fields)
    except Error:
        logger.exception("The refusal of %s could not be recorded.", fields["name"])


def _drop_dangling(fields: dict[str, Any], using: str | None) -> None:
    """Of somebody who was deleted since, the key stays, but the foreign key must hold."""
    users = get_user_model()._base_manager.using(using)
    for name in ("user_id", "actor_id"):
        # Asked for nobody too, or the time would tell for whom there is an account.
        nobody = {users.model.USERNAME_FIELD: ""}
        rows = users.filter(**nobody if fields[name] is None else {"pk": fields[name]})
        if not rows.exists():
            fields[name] = None


def actor_of(request: HttpRequest | None) -> Any:
    """The logged-in user of *request*, or None."""
    if request is None or not hasattr(request, "user"):
        return None
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        user: Any = request.user
    else:
        # A coroutine must not resolve the lazy user; there it is what auser() has cached.
        user = getattr(request, "_cached_user", None) or getattr(request, "_acached_user", None)
    return user if user is not None and user.is_authenticated else None


def _describe(
    name: str,
    user: Any,
    user_pk: Any,
    actor: Any,
    outcome: Outcome,
    target: str,
    data: dict[str, Any],
) -> dict[str, Any]:
    request = get_request()
    actor = actor or actor_of(request)
    pk = user_pk if user_pk is not None else getattr(user, "pk", None)
    # Who deletes the own account has lost the key, but is still known by it.
    actor_pk = pk if actor == user else getattr(actor, "pk", None)
    meta = request.META if request is not None else {}
    return {
        "name": name,
        "outcome": outcome,
        "user_id": getattr(user, "pk", None),
        "user_key": "" if pk is None else str(pk),
        "actor_id": getattr(actor, "pk", None),
        "actor_key": "" if actor is None or actor_pk is None else str(actor_pk),
        "target": _plain(target, 255),
        "data": data,
        "ip": getattr(request, "authkit_ip", None),
        "user_agent": _plain(meta.get("HTTP_USER_AGENT", ""), 200),
    }


def _plain(text: str, length: int) -> str:
    """*text* cut to *length*, without what a terminal, a log or a database would trip over."""
    return "".join(char if char.isprintable() else " " for char in text[:length])
