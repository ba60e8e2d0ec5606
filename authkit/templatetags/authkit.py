"""Template tags: the addresses of authkit's pages, and what the current user may."""

from __future__ import annotations

import logging
from typing import Any

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.shortcuts import resolve_url
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.translation import get_language

from authkit import auth
from authkit.accounts.routes import BY_KEY, is_enabled
from authkit.authz.arguments import UNSET
from authkit.authz.rule import Rule

register = template.Library()
logger = logging.getLogger("authkit.authz")


@register.simple_tag
def auth_url(key: str, *args: Any) -> str:
    """The path of the route *key*, or "" when it is disabled."""
    if not is_enabled(key):
        return ""
    route = BY_KEY.get(key)
    return reverse(route.pages[0].names[0] if route else f"account_{key}", args=args)


@register.simple_tag(takes_context=True)
def has_permission(context: Any, name: str, target: Any = UNSET) -> bool:
    """Whether the current user may *name* on *target*: a record, a model, its label or nothing.

    What cannot be asked is answered False, as a page should not break on it.
    """
    try:
        _check_given(target)
        return auth.has_permission(name, target, user=_user(context))
    except Exception:
        _failed(context, f"has_permission {name!r}")
        return False


@register.simple_tag(takes_context=True)
def check_permissions(context: Any, records: Any, *names: str) -> list[tuple[Any, dict[str, bool]]]:
    """Each record with the names that the current user may: ``{% for post, may in rows %}``.

    Cost: one statement for all records and names; what is asked about them afterwards costs none.
    """
    rows: list[Any] = []
    try:
        _check_given(records)
        rows = list(records)
        allowed = auth.check_many(names, rows, user=_user(context))
    except Exception:
        _failed(context, f"check_permissions {names!r}")
        allowed = {}
    return [(row, {name: allowed.get((name, row.pk), False) for name in names}) for row in rows]


@register.simple_tag(takes_context=True)
def holds(context: Any, rule: Any, record: Any = UNSET) -> bool:
    """Whether the current request fulfils *rule*, a rule that the view put into the context."""
    try:
        _check_given(rule)
        _check_given(record)
        if not isinstance(rule, Rule):
            raise TypeError(f"What it asks is a rule of the view, not {rule!r}.")
        if "request" not in context:
            raise ValueError("The context has no request.")
        return rule.holds(context["request"], record)
    except Exception:
        _failed(context, "holds")
        return False


def _check_given(value: Any) -> None:
    """Raises ValueError: *value* is that of a variable which the context lacks."""
    if value is None or value == "":
        raise ValueError("A variable that it is given is empty.")


def _failed(context: Any, tag: str) -> None:
    """Log what was raised just now, and where."""
    template = context.render_context.template or context.template
    place = getattr(getattr(template, "origin", None), "name", None) or "a template"
    logger.exception("{%% %s %%} could not be asked in %s.", tag, place)


def _user(context: Any) -> Any:
    """The user of the request; a page without one, such as a mail, is nobody's."""
    return getattr(context.get("request"), "user", None) or AnonymousUser()


@register.simple_tag
def home_url() -> str:
    """The path of the site's first page; where a login leads, when there is none."""
    for path in ("", f"{get_language()}/"):  # the second is that of i18n_patterns
        try:
            resolve(f"/{path}")
        except Resolver404:
            continue
        return get_script_prefix() + path
    return resolve_url(settings.LOGIN_REDIRECT_URL)
