"""The table of routes: moved, switched off, added to; one template for all; a project's forms."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, include, path, resolve, reverse
from django.views import View
from django.views.debug import SafeExceptionReporterFilter

from authkit.accounts.routes import BY_KEY, ROUTES, build_urlpatterns
from authkit.conf import get_conf
from authkit.middleware import HEADERS

NAMES = [name for route in ROUTES for page in route.pages for name in page.names]
WITH_KEY = {
    "account_confirm_email": ["x:y:z"],
    "account_reset_password_from_key": ["1", "x:y:z"],
    "account_email_change_confirm": ["x:y:z"],
    "account_email_change_cancel": ["x:y:z"],
}
ALLAUTH_NAMES = {
    "account_login",
    "account_logout",
    "account_signup",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_change_password",
    "account_set_password",
    "account_email",
    "account_reauthenticate",
    "account_inactive",
    "usersessions_list",
}


def serve(settings: Any, **keys: Any) -> None:
    """Let the project have these keys of AUTHKIT, and the URLs that follow from them."""
    settings.AUTHKIT = settings.AUTHKIT | keys
    urls = ModuleType("urls_of_a_test")
    urls.urlpatterns = [path("auth/", include(build_urlpatterns(get_conf())))]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls


def address(name: str) -> str:
    return reverse(name, args=WITH_KEY.get(name, []))


def test_the_names_that_allauth_reverses_are_there() -> None:
    assert set(NAMES) >= ALLAUTH_NAMES


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_a_route_is_found_under_its_key(route: Any) -> None:
    starts = {
        address(name).startswith(f"/auth/{route.key}/") for p in route.pages for name in p.names
    }

    assert starts == {True}


@pytest.mark.parametrize("key", [route.key for route in ROUTES])
def test_a_route_can_be_moved(key: str, settings: Any, db: Any) -> None:
    serve(settings, ROUTES_PATHS={key: "konto/hier/"})

    name = BY_KEY[key].pages[0].names[0]
    assert address(name).startswith("/auth/konto/hier/")
    assert Client().get(address(name)).status_code in {200, 302, 404}
    assert Client().get(f"/auth/{key}/").status_code == 404


@pytest.mark.parametrize("route", [r for r in ROUTES if not r.fixed], ids=lambda route: route.key)
def test_a_route_that_is_off_is_not_found_but_has_its_address(
    route: Any, settings: Any, user: Any, client_for: Callable[[Any], Client]
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"DISABLED_ROUTES": [route.key]}

    for client in (Client(), client_for(user)):
        for method in (client.get, client.post):
            statuses = [
                method(address(name)).status_code for page in route.pages for name in page.names
            ]
            assert set(statuses) == {404}


@pytest.mark.parametrize("route", [r for r in ROUTES if r.fixed], ids=lambda route: route.key)
def test_a_route_that_others_need_stays_on(route: Any, settings: Any, db: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"DISABLED_ROUTES": [route.key]}

    assert Client().get(address(route.pages[0].names[0])).status_code in {200, 302}


def test_user_names_are_retrieved_only_where_they_are_used(settings: Any, db: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"LOGIN_METHODS": ["email"]}

    assert Client().get(reverse("account_username_retrieval")).status_code == 404
    assert "user name" not in Client().get(reverse("account_login")).content.decode().lower()


# Routes of the project


def function_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a function")


async def async_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a coroutine")


class ClassView(View):
    """A view of the project."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("a class")


class AsyncClassView(View):
    """An async view of the project."""

    async def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("a class with coroutines")


EXTRA = [
    (f"{__name__}.function_view", "a function"),
    (f"{__name__}.ClassView", "a class"),
    (function_view, "a function"),
    (ClassView, "a class"),
    (ClassView.as_view(), "a class"),
    (async_view, "a coroutine"),
    (AsyncClassView, "a class with coroutines"),
]


@pytest.mark.parametrize(("view", "said"), EXTRA)
def test_a_route_can_be_added(view: Any, said: str, settings: Any, db: Any) -> None:
    serve(settings, EXTRA_ROUTES={"newsletter": view})

    response = Client().get("/auth/newsletter/")

    assert (response.status_code, response.content.decode()) == (200, said)
    assert response["Referrer-Policy"] == HEADERS["Referrer-Policy"]
    assert reverse("account_newsletter") == "/auth/newsletter/"


@pytest.mark.parametrize("view", [function_view, async_view])
def test_a_route_of_the_project_can_be_moved_and_switched_off(
    view: Any, settings: Any, db: Any
) -> None:
    serve(settings, EXTRA_ROUTES={"news": view}, ROUTES_PATHS={"news": "neues/"})
    assert Client().get("/auth/neues/").status_code == 200

    settings.AUTHKIT = settings.AUTHKIT | {"DISABLED_ROUTES": ["news"]}
    assert Client().get("/auth/neues/").status_code == 404


def test_a_route_of_ours_is_not_replaced_by_accident(settings: Any, db: Any) -> None:
    serve(settings, EXTRA_ROUTES={"login": function_view})

    assert Client().get("/auth/login/").templates[0].name == "authkit/login.html"


def test_a_view_that_cannot_be_imported_names_its_setting(settings: Any) -> None:
    serve(settings, EXTRA_ROUTES={"news": "no.such.view"})

    assert Client().get("/auth/login/").status_code == 200
    with pytest.raises(ImproperlyConfigured, match=r"EXTRA_ROUTES\['news'\] = 'no.such.view'"):
        Client().get("/auth/news/")


def test_where_everything_is_private_only_the_own_doors_are_open(
    settings: Any, user: Any, client_for: Callable[[Any], Client]
) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    serve(settings, EXTRA_ROUTES={"news": function_view})

    assert Client().get("/auth/login/").status_code == 200
    assert Client().get("/auth/registration/").status_code == 200
    assert Client().get("/auth/profile/").status_code == 302
    assert Client().get("/auth/news/").status_code == 302
    assert client_for(user).get("/auth/news/").status_code == 200


# The template tag


def tag(key: str) -> str:
    template = Template("{% load authkit %}{% auth_url key as url %}{{ url }}")
    return template.render(Context({"key": key}))


def test_the_tag_gives_an_address_or_nothing(settings: Any) -> None:
    serve(settings, EXTRA_ROUTES={"news": function_view}, DISABLED_ROUTES=["registration"])

    assert [tag(key) for key in ("login", "news", "registration")] == [
        "/auth/login/",
        "/auth/news/",
        "",
    ]
    with pytest.raises(NoReverseMatch):
        tag("nowhere")


# One template for all


def plain(response: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.mark.parametrize("logged_in", [False, True], ids=["outside", "inside"])
@pytest.mark.parametrize("name", NAMES)
def test_one_template_shows_every_page_as_its_own_would(
    *, name: str, logged_in: bool, settings: Any, user: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(user) if logged_in else Client()
    own = client.get(address(name))
    settings.AUTHKIT = settings.AUTHKIT | {"SINGLE_TEMPLATE": True}

    single = client.get(address(name))

    assert (plain(single), single.status_code) == (plain(own), own.status_code)
    if single.status_code != 302:
        assert single.templates[0].name == "authkit/auth.html"
        assert single.context["route"] in BY_KEY


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_an_error_report_shows_no_password(
    name: str, db: Any, rf: RequestFactory, settings: Any
) -> None:
    settings.DEBUG = False
    request = rf.post(reverse(name), {"password": "what nobody may see", "login": "ada"})
    match = resolve(reverse(name))
    # No middleware, hence no session: whatever the page trips over, it has been called.
    with contextlib.suppress(AttributeError):
        match.func(request, *match.args, **match.kwargs)

    shown = SafeExceptionReporterFilter().get_post_parameters(request)

    assert shown["password"] == SafeExceptionReporterFilter.cleansed_substitute
