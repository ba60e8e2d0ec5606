"""``manage.py authkit_routes``"""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required, login_required
from django.core.management import CommandError, call_command
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views import View
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from authkit import RequiresMixin, public, requires, rules

from .views import apage, page, urls

STAFF, EDITORS = requires(rules.is_staff), requires(rules.has_membership("editors"))


class Mixed(RequiresMixin, View):
    requires = rules.is_staff


@STAFF
class Decorated(View):
    """A guarded class."""


class Child(Decorated):
    """Below a guarded class."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse()


class ByMethod(View):
    @STAFF
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    @EDITORS
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class HalfByMethod(ByMethod):
    def delete(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class Api(APIView):
    permission_classes = [rules.is_staff]


class Things(ViewSet):
    permission_classes = [rules.is_staff]

    def list(self, request: Any) -> Any:
        return None


ROUTER = SimpleRouter()
ROUTER.register("things", Things, basename="things")

GUARDED = {
    "function/": (STAFF(page), "is_staff"),
    "async/": (STAFF(apage), "is_staff"),
    "two/": (STAFF(EDITORS(page)), "is_staff, has_membership('editors')"),
    "mixin/": (Mixed.as_view(), "is_staff"),
    "initkwargs/": (Mixed.as_view(requires=EDITORS.rule), "has_membership('editors')"),
    "decorated/": (Decorated.as_view(), "is_staff"),
    "child/": (Child.as_view(), "is_staff"),
    "twice/": (EDITORS(Decorated.as_view()), "has_membership('editors'), is_staff"),
    "methods/": (ByMethod.as_view(), "GET: is_staff, POST: has_membership('editors')"),
    "api/": (Api.as_view(), "is_staff"),
    "api-own/": (
        Api.as_view(permission_classes=[EDITORS.rule]),
        "has_membership('editors')",
    ),
    "public/": (public(page), "anyone"),
    "open/": (login_not_required(lambda request: None), "no login needed"),
}
BARE = {
    "bare/": page,
    "class/": View.as_view(),
    "half/": HalfByMethod.as_view(),
    "api-bare/": APIView.as_view(),
    "login/": login_required(page),
}


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = tuple(path(name, view) for name, (view, _text) in GUARDED.items())


def listed(*options: str) -> dict[str, str]:
    out = StringIO()
    call_command("authkit_routes", *options, stdout=out, no_color=True)
    lines = (line.split(None, 1) for line in out.getvalue().splitlines())
    return {address: text.strip() for address, text in lines}


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
    assert found["/admin/authkit/group/"] == "the admin's own"
    assert listed("--check") == {}
