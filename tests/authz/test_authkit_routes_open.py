"""What looks like a guard and lets strangers pass is none, for the list and the middleware."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.mixins import AccessMixin, PermissionRequiredMixin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.generic import RedirectView
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.views import APIView

from authkit.authz.known_guards import is_guarded

from .views import listed, page, urls

pytestmark = pytest.mark.django_db

guarded = method_decorator(login_required)


class Bare(AccessMixin, View):
    get = staticmethod(page)


class NoPermissions(PermissionRequiredMixin, View):
    permission_required = ()
    get = staticmethod(page)


class OnePermission(NoPermissions):
    permission_required = "blog.add_post"


class ListOfItsOwn(NoPermissions):
    def get_permission_required(self) -> Any:
        return ["blog.add_post"]


class AnswerOfItsOwn(NoPermissions):
    def has_permission(self) -> bool:
        return False


class InDispatch(AccessMixin):
    """A mixin of a project's own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return self.handle_no_permission()


class Asking(InDispatch, View):
    get = staticmethod(page)


class OwnHead(View):
    @guarded
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def head(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class OwnOptions(View):
    @guarded
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse()


class GuardedHead(OwnHead):
    @guarded
    def head(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class Redirect(RedirectView):
    http_method_names = ["get", "head", "options"]
    url = "/"

    @guarded
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)


class Api(APIView):
    authentication_classes = []

    def get(self, request: Any) -> HttpResponse:
        return HttpResponse()


class Anybody(AllowAny):
    """Leaves its answer to AllowAny."""


class OfRecords(BasePermission):
    """Asks once the view has found a record."""

    def has_object_permission(self, request: Any, view: Any, obj: Any) -> bool:
        return False


def api(*classes: Any) -> Any:
    return Api.as_view(permission_classes=classes)


OPEN = {
    "access-mixin": (Bare.as_view(), "GET"),
    "no-permissions": (NoPermissions.as_view(), "GET"),
    "none-in-as-view": (OnePermission.as_view(permission_required=[]), "GET"),
    "decorator": (permission_required(())(page), "GET"),
    "head": (OwnHead.as_view(), "HEAD"),
    "options": (OwnOptions.as_view(), "OPTIONS"),
    "api-base": (api(BasePermission), "GET"),
    "api-below": (api(Anybody), "GET"),
    "api-either": (api(IsAuthenticated | Anybody), "GET"),
}
GUARDED = {
    "one": (OnePermission.as_view(), "GET"),
    "one-in-as-view": (NoPermissions.as_view(permission_required=["blog.add_post"]), "GET"),
    "list": (ListOfItsOwn.as_view(), "GET"),
    "answer": (AnswerOfItsOwn.as_view(), "GET"),
    "dispatch": (Asking.as_view(), "GET"),
    "decorator": (permission_required(["blog.add_post"])(page), "GET"),
    "head": (GuardedHead.as_view(), "HEAD"),
    "head-is-get": (Redirect.as_view(), "HEAD"),
    "options-are-get": (Redirect.as_view(), "OPTIONS"),
    "api-both": (api(IsAuthenticated & Anybody), "GET"),
}


@pytest.mark.parametrize("name", OPEN)
def test_what_lets_strangers_pass_is_no_guard(name: str, settings: Any) -> None:
    view, method = OPEN[name]
    settings.ROOT_URLCONF = urls(path("x/", view))
    request = RequestFactory().generic(method, "/x/")
    request.user = AnonymousUser()

    assert view(request).status_code == 200
    assert not is_guarded(view, method)
    assert listed()["/x/"] == "NO RULE"


@pytest.mark.parametrize("name", GUARDED)
def test_what_stops_strangers_is_one(name: str, settings: Any) -> None:
    view, method = GUARDED[name]
    settings.ROOT_URLCONF = urls(path("x/", view))
    request = RequestFactory().generic(method, "/x/")
    request.user = AnonymousUser()

    assert view(request).status_code in {302, 403}
    assert is_guarded(view, method)
    assert "NO RULE" not in listed()["/x/"]


def test_a_permission_that_asks_about_records_is_a_guard() -> None:
    assert is_guarded(api(OfRecords), "GET")
