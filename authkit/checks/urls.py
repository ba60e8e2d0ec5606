"""What the URLs of the project lead to."""

from __future__ import annotations

from django.urls import NoReverseMatch, Resolver404, get_resolver, get_script_prefix, resolve
from django.urls import reverse as django_reverse


def urls_load() -> bool:
    """Whether ROOT_URLCONF can be imported at all."""
    try:
        get_resolver().reverse_dict  # noqa: B018 - imports every included module
    except Exception:  # whatever a module of the project raises while it is imported
        return False
    return True


def includes_authkit() -> bool:
    """Whether ``account_login`` leads to authkit's page, and to no other besides it."""
    try:
        url = django_reverse("account_login").removeprefix(get_script_prefix().rstrip("/"))
        view = resolve(url).func
    except (NoReverseMatch, Resolver404):
        return False
    alone = len(get_resolver().reverse_dict.getlist("account_login")) == 1
    return alone and getattr(view, "authkit_route", "") == "login"


def reverses(name: str, *arguments: object) -> bool:
    """Whether there is a page of this name."""
    try:
        django_reverse(name, args=arguments)
    except NoReverseMatch:
        return False
    return True
