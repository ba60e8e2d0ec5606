"""Users and targets as people type them, at the command line and in the administration."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from authkit.models.targets import Target, exact_key, find_model


def find_user(text: str) -> Any:
    """The user of this address, user name or key, looked up in this order.

    Raises LookupError: there is none.
    """
    model = get_user_model()
    manager: Any = model._default_manager
    text = "" if "\x00" in text else text.strip()
    for verb in ("get_by_email", "get_by_username"):
        # Models of a project's own have other ways; theirs is the name that a login asks for.
        found = getattr(manager, verb)(text) if _can(model, verb) else None
        if found is not None:
            return found
    if not _can(model, "get_by_email"):
        found = manager.filter(**{model.USERNAME_FIELD: text}).first()
        if found is not None:
            return found
    try:
        found = manager.filter(pk=exact_key(model, text)).first()
    except ValueError:
        found = None
    if found is None:
        raise LookupError(f"Nobody has the address, user name or key {text!r}.")
    return found


def _can(model: Any, verb: str) -> bool:
    column = {"get_by_email": "email_key", "get_by_username": "username_key"}[verb]
    names = {field.name for field in model._meta.concrete_fields}
    return hasattr(model._default_manager, verb) and column in names


def find_target(text: str) -> Target:
    """The target of "blog.Post" or "blog.Post:5"; of nothing where *text* is empty.

    Raises LookupError: there is no such model or record, or it cannot be a target. ValueError,
    TypeError: the key is none of the model's.
    """
    if not text:
        return Target()
    label, colon, key = text.partition(":")
    model = find_model(label)
    if not colon:
        return Target.of(model)
    target = Target.of_key(model, key)
    if not model._base_manager.filter(pk=key).exists():
        raise LookupError(f"There is no {model._meta.label} with the key {key!r}.")
    return target
