"""The middleware that refuses what no rule guards."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import path
from django.views import View
from rest_framework.decorators import api_view

from authkit import RequiresMixin, public, requires, rules

from .views import apage, in_coroutine, outcome, page, urls

pytestmark = pytest.mark.django_db


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


@login_not_required
def without_login(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@public
class Public(View):
    get = staticmethod(page)


class Mixed(RequiresMixin, View):
    requires = rules.is_logged_in
    get = staticmethod(page)


class ByMethod(View):
    @public
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class Bare(View):
    get = staticmethod(page)


PATTERNS = urls(
    path("bare/", page),
    path("async/", apage),
    path("class/", View.as_view()),
    path("guarded/", requires(rules.is_logged_in)(page)),
    path("mixin/", Mixed.as_view()),
    path("include/", requires(rules.is_logged_in).include([path("", apage)])),
    path("public/", public(page)),
    path("public-class/", Public.as_view()),
    path("public-include/", public.include([path("", apage)])),
    path("by-method/", ByMethod.as_view()),
    path("login-not-required/", without_login),
    path("missing/", missing),
    path("admin/", admin.site.urls),
)


@pytest.fixture(autouse=True)
def _net(settings: Any) -> None:
    settings.ROOT_URLCONF = PATTERNS
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "authkit.middleware.RequireAuthorizationMiddleware",
    ]


@pytest.mark.parametrize("address", ["bare", "async"])
def test_a_view_without_a_rule_is_refused(address: str, user: Any, client_for: Any) -> None:
    for client in (Client(), client_for(user)):
        with pytest.raises(ImproperlyConfigured, match=f"/{address}/.*@requires"):
            client.get(f"/{address}/")


@in_coroutine
async def test_a_view_without_a_rule_is_refused_under_asgi() -> None:
    for address in ("/bare/", "/async/"):
        with pytest.raises(ImproperlyConfigured, match="@requires"):
            await AsyncClient().get(address)


def test_a_method_without_a_rule_is_refused() -> None:
    assert outcome(Client().get("/by-method/")) == "seen"
    with pytest.raises(ImproperlyConfigured, match="/by-method/"):
        Client().post("/by-method/")


@pytest.mark.parametrize(
    ("view", "name"),
    [
        (page, "tests.authz.views.page at"),
        (Bare.as_view(), "test_require_authorization.Bare at"),
        (api_view(["GET"])(page), "tests.authz.views.page at"),
        (partial(page), "functools.partial"),
    ],
)
def test_the_error_names_what_is_to_be_guarded(view: Any, name: str, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("bare/", view))

    with pytest.raises(ImproperlyConfigured, match=f"No rule guards .*{name}"):
        Client().get("/bare/")


@pytest.mark.parametrize(
    ("address", "known", "stranger"),
    [
        ("guarded/", "seen", "login"),
        ("mixin/", "seen", "login"),
        ("include/", "seen", "login"),
        ("public/", "seen", "seen"),
        ("public-class/", "seen", "seen"),
        ("public-include/", "seen", "seen"),
        ("login-not-required/", "seen", "seen"),
        ("auth/login/", "/auth/profile/", "seen"),
        ("auth/profile/", "seen", "login"),
        ("admin/logout/", "/admin/", "/admin/"),
        ("missing/", 404, 404),
        ("class/", 405, 405),
        ("nowhere/", 404, 404),
        ("public", 301, 301),
    ],
)
def test_everything_else_is_answered(
    address: str, known: Any, stranger: Any, user: Any, client_for: Any
) -> None:
    clients = client_for(user), Client()

    assert [outcome(client.get(f"/{address}")) for client in clients] == [known, stranger]


def test_the_administration_guards_itself(make_user: Any, client_for: Any) -> None:
    client = client_for(make_user(is_staff=True, is_superuser=True))

    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/authkit/group/").status_code == 200


def test_it_is_not_there_in_production(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.delattr(mail, "outbox")

    assert outcome(Client().get("/bare/")) == "seen"
    settings.DEBUG = True
    with pytest.raises(ImproperlyConfigured):
        Client().get("/bare/")
    assert django_settings.DEBUG
