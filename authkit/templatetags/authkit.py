"""Template tags of authkit's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import Resolver404, get_script_prefix, resolve, reverse
from django.utils.translation import get_language

from authkit.accounts.routes import BY_KEY, is_enabled

register = template.Library()


@register.simple_tag
def auth_url(key: str, *args: Any) -> str:
    """The path of the route *key*, or "" when it is disabled."""
    if not is_enabled(key):
        return ""
    route = BY_KEY.get(key)
    return reverse(route.pages[0].names[0] if route else f"account_{key}", args=args)


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
