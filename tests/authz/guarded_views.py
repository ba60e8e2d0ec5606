"""Views behind every kind of guard, and what ``authkit_routes`` tells of each."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import (
    login_not_required,
    login_required,
    permission_required,
    user_passes_test,
)
from django.contrib.auth.mixins import LoginRequiredMixin, UserPassesTestMixin
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from rest_framework.decorators import api_view, permission_classes
from rest_framework.permissions import AllowAny, IsAdminUser, IsAuthenticated
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from authkit import RequiresMixin, public, requires, rules

from .views import apage, page

STAFF, EDITORS = requires(rules.is_staff), requires(rules.has_membership("editors"))


class Mixed(RequiresMixin, View):
    requires = rules.is_staff


class Plain(View):
    get = staticmethod(page)


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
        return Response()


class MixedLast(View, RequiresMixin):
    requires = rules.is_staff

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class LastDecorated(MixedLast):
    """Below one in which the mixin stands last."""

    requires = staticmethod(lambda request: False)


class LoginClass(LoginRequiredMixin, View):
    get = staticmethod(page)


class LoginLast(View, LoginRequiredMixin):
    """Django asks in a ``dispatch`` that is never called."""

    get = staticmethod(page)


class ByTest(LoginRequiredMixin, UserPassesTestMixin, View):
    get = staticmethod(page)

    def test_func(self) -> bool:
        return True


@method_decorator([never_cache, login_required], name="dispatch")
class DecoratedByDjango(View):
    get = staticmethod(page)


class MethodsOfBoth(View):
    @method_decorator(login_required)
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    @STAFF
    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class HalfByDjango(MethodsOfBoth):
    def put(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class ByAction(Things):
    permission_classes = []

    def get_permissions(self) -> Any:
        if self.action == "list":
            return [rules.is_staff]
        return [(IsAuthenticated & (EDITORS.rule | ~IsAdminUser))()]

    def create(self, request: Any) -> Any:
        return Response()


class HalfByAction(ByAction):
    def get_permissions(self) -> Any:
        return [rules.is_staff] if self.action == "list" else [(AllowAny | IsAdminUser)()]


class ByRequest(ByAction):
    def get_permissions(self) -> Any:
        return [rules.is_staff] if self.request.query_params else [EDITORS.rule]


@api_view(["GET", "POST"])
@permission_classes([IsAuthenticated])
def function_of_framework(request: Any) -> Any:
    return Response()


ACTIONS = {"get": "list", "post": "create"}
BY_ACTION = "list: is_staff, create: IsAuthenticated & (has_membership('editors') | (~IsAdminUser))"
BY_OTHERS = {
    "login/": (login_required(page), "login_required"),
    "login-async/": (login_required(apage), "login_required"),
    "perm/": (never_cache(permission_required("blog.add_post")(page)), "permission_required"),
    "test/": (user_passes_test(lambda user: user.is_staff)(page), "user_passes_test"),
    "staff/": (staff_member_required(page), "staff_member_required"),
    "both/": (STAFF(login_required(page)), "is_staff, login_required"),
    "class/": (LoginClass.as_view(), "LoginRequiredMixin"),
    "class-decorated/": (login_required(Plain.as_view()), "login_required"),
    "tested/": (ByTest.as_view(), "LoginRequiredMixin, UserPassesTestMixin"),
    "dispatch/": (DecoratedByDjango.as_view(), "login_required"),
    "methods/": (MethodsOfBoth.as_view(), "GET: login_required, POST: is_staff"),
    "last/": (MixedLast.as_view(), "is_staff"),
    "last-below/": (LastDecorated.as_view(), "LastDecorated.<lambda>"),
    "actions/": (ByAction.as_view(ACTIONS), BY_ACTION),
    "action/": (ByAction.as_view({"get": "list"}), "is_staff"),
    "request/": (ByRequest.as_view(ACTIONS), "get_permissions()"),
    "api-login/": (function_of_framework, "IsAuthenticated"),
}
OPEN = {
    "login-last/": LoginLast.as_view(),
    "half/": HalfByDjango.as_view(),
    "api-open/": APIView.as_view(permission_classes=[AllowAny]),
    "api-half/": HalfByAction.as_view(ACTIONS),
}
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
    "open/": (login_not_required(lambda request: HttpResponse()), "no login needed"),
}
BARE = {
    "bare/": page,
    "class/": View.as_view(),
    "half/": HalfByMethod.as_view(),
    "api-bare/": APIView.as_view(),
}
