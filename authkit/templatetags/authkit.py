"""Template tags of authkit's pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from authkit.accounts.routes import BY_KEY, is_enabled

register = template.Library()


@register.simple_tag
def auth_url(key: str, *args: Any) -> str:
    """The path of the route *key*, or "" when it is disabled."""
    if not is_enabled(key):
        return ""
    route = BY_KEY.get(key)
    return reverse(route.pages[0].names[0] if route else f"account_{key}", args=args)
