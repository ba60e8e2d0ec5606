"""Mutation testing: faults that a resolver could have, each planted while its block runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from authkit.authz import arguments, grants, holders, memory, statements
from authkit.authz.cleanup import GoesAlong
from authkit.conf import get_conf
from authkit.models import targets
from authkit.signals import row_changed


@contextmanager
def recompiled(*changes: AbstractContextManager[Any]) -> Iterator[None]:
    """Within it, statements are those of the changed code."""
    with ExitStack() as stack:
        stack.callback(statements.compiled.cache_clear)
        for change in changes:
            stack.enter_context(change)
        statements.compiled.cache_clear()
        yield


def expiry_is_ignored() -> AbstractContextManager[Any]:
    return recompiled(patch.object(grants, "in_force", lambda *args, **kwargs: Q()))


def an_inactive_user_may() -> AbstractContextManager[Any]:
    return patch.object(holders, "is_active", lambda user: user.pk is not None)


def a_superuser_may_without_the_bypass() -> AbstractContextManager[Any]:
    return patch.object(holders, "get_conf", lambda: replace(get_conf(), SUPERUSER_BYPASS=True))


def a_falsy_key_means_any() -> AbstractContextManager[Any]:
    exact: Callable[..., Any] = arguments.one_target

    def lenient(target: Any, record: Any = arguments.UNSET, **how: Any) -> Any:
        return exact(target, record or arguments.UNSET, **how)

    return patch.object(arguments, "one_target", lenient)


def a_grant_on_the_parent_covers_the_child() -> AbstractContextManager[Any]:
    exact = targets._content_type_id

    def of_parent(model: Any, using: str | None) -> int:
        return exact(next(iter(model._meta.concrete_model._meta.parents), model), using)

    return patch.object(targets, "_content_type_id", of_parent)


def a_proxy_has_grants_of_its_own() -> AbstractContextManager[Any]:
    def of_itself(model: Any, using: str | None) -> int:
        found: int = ContentType.objects.get_for_model(model, for_concrete_model=False).pk
        return found

    return patch.object(targets, "_content_type_id", of_itself)


@contextmanager
def what_was_remembered_stays() -> Iterator[None]:
    uid = "authkit.authz.row"
    assert row_changed.disconnect(dispatch_uid=uid)
    try:
        yield
    finally:
        row_changed.connect(memory.forget, dispatch_uid=uid)


def grants_outlive_their_record() -> AbstractContextManager[Any]:
    def nothing(self: GoesAlong) -> Any:
        raise AttributeError

    return patch.object(GoesAlong, "bulk_related_objects", property(nothing))


FAULTS = [
    expiry_is_ignored,
    an_inactive_user_may,
    a_superuser_may_without_the_bypass,
    a_falsy_key_means_any,
    a_grant_on_the_parent_covers_the_child,
    a_proxy_has_grants_of_its_own,
    what_was_remembered_stays,
    grants_outlive_their_record,
]
