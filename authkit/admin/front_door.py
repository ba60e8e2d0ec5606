"""The administration pages have no login of their own: it would pass every policy by."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from authkit.audit import refuse


def guard(site: AdminSite) -> None:
    """Send *site*'s login and password change to the account pages, where these are included."""
    own_login, own_password_change = site.login, site.password_change

    @login_not_required
    @never_cache
    def login(
        request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        door = _front_door(request)
        if door is None:
            return own_login(request, extra_context)
        target = _next(request) or reverse("admin:index", current_app=site.name)
        if site.has_permission(request):
            return redirect(target)
        if request.user.is_authenticated:
            refuse("admin_login", user=request.user, reason="not_allowed")
            raise PermissionDenied(_("This account may not open the administration pages."))
        return redirect_to_login(target, door)

    def password_change(
        request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        page = _path("account_change_password")
        return own_password_change(request, extra_context) if page is None else redirect(page)

    # Not the class: another site of the project keeps its own until it is guarded too.
    site.login = login  # type: ignore[assignment, method-assign]
    site.password_change = password_change  # type: ignore[assignment, method-assign]


def _front_door(request: HttpRequest) -> str | None:
    """The path of the login page; None while authkit.urls is not included."""
    page = _path("account_login")
    if page is None:
        return None
    door = resolve_url(settings.LOGIN_URL)
    return page if door == request.path else door


def _path(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _next(request: HttpRequest) -> str | None:
    """The page asked for, if it is one of this host: a path, never an address."""
    target = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME)
    if target and target.startswith("/") and url_has_allowed_host_and_scheme(target, None):
        return target
    return None
