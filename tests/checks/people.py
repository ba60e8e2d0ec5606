"""What a project might put into its settings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View

from authkit.accounts.adapter import AuthkitAccountAdapter
from authkit.accounts.forms import LoginForm
from authkit.backends import AuthkitBackend
from authkit.conf import allauth_setting
from authkit.middleware import AuthkitMiddleware
from authkit.validators import PasswordPolicy

HERE = __name__


def two(request: HttpRequest, form: Any) -> None: ...


def mailer(user: Any, data: dict[str, Any]) -> None: ...


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


async def later(request: HttpRequest, form: Any) -> None: ...


class ClassView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class AsyncView(View):
    async def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class MyLoginForm(LoginForm):
    pass


class Adapter(AuthkitAccountAdapter):
    pass


class Backend(AuthkitBackend):
    pass


class Middleware(AuthkitMiddleware):
    pass


class Policy(PasswordPolicy):
    pass


def getter(name: str, default: Any) -> Any:
    return allauth_setting(name, default)


def foreign_getter(name: str, default: Any) -> Any:
    return default


def broken_getter(name: str, default: Any) -> Any:
    raise LookupError(name)


NOT_A_FUNCTION = 7

# Django takes patterns in place of a module's name.
NO_URLS = (path("", view, name="home"),)
BELOW_ACCOUNTS = (path("accounts/", include("authkit.urls")),)
ALLAUTHS_URLS = (path("auth/", include("allauth.account.urls")), *BELOW_ACCOUNTS)
IN_A_NAMESPACE = (path("auth/", include(("authkit.urls", "authkit"), namespace="auth")),)
