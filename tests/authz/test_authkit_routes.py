"""``manage.py authkit_routes``"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from .guarded_views import BARE, BY_OTHERS, EDITORS, GUARDED, OPEN, ROUTER, STAFF
from .views import listed, page, urls


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = tuple(path(name, view) for name, (view, _text) in GUARDED.items())


def test_every_url_is_listed_with_its_rule() -> None:
    assert listed() == {f"/{name}": text for name, (_view, text) in GUARDED.items()}


def test_those_of_includes_are_listed_too(settings: Any) -> None:
    settings.ROOT_URLCONF = (
        path("open/<slug:team>/", include([path("x/", page), re_path("^y/$", STAFF(page))])),
        path("staff/", STAFF.include([path("x/", include([path("z/", EDITORS(page))]))])),
        path("", include(ROUTER.urls)),
    )

    assert listed() == {
        "/open/<slug:team>/x/": "NO RULE",
        "/open/<slug:team>/^y/$": "is_staff",
        "/staff/x/z/": "is_staff, has_membership('editors')",
        "/^things/$": "is_staff",
    }


def test_those_without_a_rule_are_flagged(settings: Any) -> None:
    settings.ROOT_URLCONF = tuple(path(name, view) for name, view in BARE.items())

    assert listed() == {f"/{name}": "NO RULE" for name in BARE}


def test_other_guards_are_listed_under_their_own_names(settings: Any) -> None:
    settings.ROOT_URLCONF = tuple(path(name, view) for name, (view, _text) in BY_OTHERS.items())

    assert listed() == {f"/{name}": text for name, (_view, text) in BY_OTHERS.items()}


def test_a_guard_that_is_never_asked_is_none(settings: Any) -> None:
    settings.ROOT_URLCONF = tuple(path(name, view) for name, view in OPEN.items())

    assert listed() == {f"/{name}": "NO RULE" for name in OPEN}


@pytest.mark.django_db
def test_the_middleware_finds_the_same(settings: Any, make_user: Any, client_for: Any) -> None:
    views = {name: view for name, (view, _text) in {**GUARDED, **BY_OTHERS}.items()}
    settings.ROOT_URLCONF = urls(*(path(name, view) for name, view in {**views, **OPEN}.items()))
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "authkit.middleware.RequireAuthorizationMiddleware",
    ]
    client = client_for(make_user(is_superuser=True, is_staff=True))

    for name in views:
        client.get(f"/{name}")
    for name, method in zip(OPEN, ["get", "put", "get", "post"], strict=True):
        if name != "api-open/":  # it has no method that could answer
            with pytest.raises(ImproperlyConfigured, match=f"/{name}"):
                getattr(client, method)(f"/{name}")
    assert [client.get("/half/").status_code, client.post("/half/").status_code] == [200, 200]


def test_the_check_fails_for_those_without_a_rule(settings: Any, capsys: Any) -> None:
    assert listed("--check") == {}
    settings.ROOT_URLCONF = (*settings.ROOT_URLCONF, path("bare/", page))
    out = StringIO()

    with pytest.raises(CommandError, match=f"1 of {len(GUARDED) + 1} URLs"):
        call_command("authkit_routes", "--check", stdout=out, no_color=True)
    assert out.getvalue().split(None, 1)[0] == "/bare/"


def test_a_page_of_the_projects_own_in_the_admin_is_one_of_it(settings: Any) -> None:
    def own(request: HttpRequest) -> HttpResponse:
        return again(request) if later else HttpResponse()

    again = own
    settings.ROOT_URLCONF = (path("own/", admin.site.admin_view(own)), path("bare/", own))

    assert listed() == {"/own/": "the admin's own", "/bare/": "NO RULE"}
    later = True
    assert listed()["/bare/"] == "NO RULE"


def test_the_pages_of_authkit_and_the_admin_guard_themselves(settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("admin/", admin.site.urls))

    found = listed()

    assert found["/auth/login/"] == "authkit's own: login"
    assert found["/auth/profile/"] == "authkit's own: profile"
    assert found["/admin/authkit/group/"] == "the admin's own"
    assert listed("--check") == {}
