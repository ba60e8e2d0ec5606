"""Whole modules behind one rule."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import include, path, re_path, reverse
from django.views.generic import TemplateView

from authkit import auth, requires, rules
from tests.blog.models import Post

from .views import apage, outcome, page, urls

pytestmark = pytest.mark.django_db
GUARD = requires(rules.has_membership("editors"))

INNER = [path("deep/<int:pk>/", page, name="deep")]
PATTERNS = [
    path("", page, name="index"),
    re_path(r"^old/(\d+)/$", lambda request, number: page(request), name="old"),
    path("class/", TemplateView.as_view(template_name="authkit/elements/help.html")),
    path("async/", apage, {"extra": 1}),
    path("inner/", include((INNER, "inner"), namespace="inside")),
    path("<slug:team>/", include([path("team/", page, name="team")])),
]
ADDRESSES = ["", "old/5/", "class/", "async/", "inner/deep/5/", "reds/team/"]


@pytest.fixture
def staff_urls() -> Any:
    """The name of a module of URLs."""
    module = ModuleType("staff_urls")
    module.urlpatterns, module.app_name = PATTERNS, "staff"  # type: ignore[attr-defined]
    sys.modules["staff_urls"] = module
    yield "staff_urls"
    del sys.modules["staff_urls"]


def answers(clients: Any, prefix: str) -> set[tuple[Any, ...]]:
    return {
        tuple(outcome(client.get(f"/{prefix}/{address}")) for client in clients)
        for address in ADDRESSES
    }


@pytest.mark.parametrize("kind", ["list", "tuple", "module", "name", "name in a tuple"])
def test_every_view_is_guarded(kind: str, staff_urls: str, clients: Any, settings: Any) -> None:
    argument = {
        "list": PATTERNS,
        "tuple": (PATTERNS, "staff"),
        "module": sys.modules[staff_urls],
        "name": staff_urls,
        "name in a tuple": (staff_urls, "other"),
    }[kind]
    settings.ROOT_URLCONF = urls(path("staff/", GUARD.include(argument)))

    assert answers(clients, "staff") == {("seen", 403, "login")}


def test_the_shared_patterns_stay_as_they_were(
    staff_urls: str, clients: Any, settings: Any
) -> None:
    before = [vars(pattern).copy() for pattern in PATTERNS]
    settings.ROOT_URLCONF = urls(
        path("staff/", GUARD.include(staff_urls)), path("open/", include(staff_urls, "open"))
    )

    assert answers(clients, "staff") == {("seen", 403, "login")}
    assert answers(clients, "open") == {("seen", "seen", "seen")}
    assert [pattern.callback for pattern in PATTERNS[:4]] == [
        values["callback"] for values in before[:4]
    ]
    assert INNER[0].callback is page


def test_names_and_namespaces_are_kept(staff_urls: str, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(
        path("staff/", GUARD.include(staff_urls)),
        path("more/", GUARD.include(staff_urls, namespace="more")),
    )

    assert [
        reverse("staff:index"),
        reverse("more:inside:deep", args=[5]),
        reverse("staff:inside:deep", kwargs={"pk": 5}),
        reverse("staff:team", args=["reds"]),
    ] == ["/staff/", "/more/inner/deep/5/", "/staff/inner/deep/5/", "/staff/reds/team/"]


def test_the_administration_is_guarded(
    make_user: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    member, other = make_user(is_superuser=True, is_staff=True), make_user(is_staff=True)
    make_group("editors", member)
    settings.ROOT_URLCONF = urls(path("admin/", GUARD.include(admin.site.urls)))
    clients = client_for(member), client_for(other), Client()
    addresses = [reverse("admin:index"), reverse("admin:authkit_group_changelist")]

    for address in [*addresses, reverse("admin:login"), reverse("admin:jsi18n")]:
        assert [outcome(client.get(address)) for client in clients][1:] == [403, "login"]
    assert [outcome(clients[0].get(address)) for address in addresses] == ["seen", "seen"]


def test_includes_nest_their_guards(clients: Any, settings: Any) -> None:
    never = requires(lambda request: False)
    inner = [path("a/", page), path("b/", never.include([path("", page)]))]
    settings.ROOT_URLCONF = urls(path("staff/", GUARD.include(inner)))

    assert [outcome(clients[0].get(f"/staff/{name}/")) for name in "ab"] == ["seen", 403]


def test_a_record_is_found_in_the_whole_address(user: Any, client_for: Any, settings: Any) -> None:
    guard = requires(rules.has_permission("read", Post, record="post_id"))
    settings.ROOT_URLCONF = urls(path("<int:post_id>/", guard.include([path("show/", page)])))
    own, other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "read", own)

    assert [outcome(client_for(user).get(f"/{post.pk}/show/")) for post in (own, other)] == [
        "seen",
        404,
    ]


def test_a_coroutine_before_a_view_that_is_none_is_an_error() -> None:
    async def waiting(request: Any) -> bool:
        return True

    requires(waiting).include([path("", apage)])
    with pytest.raises(TypeError, match="coroutine"):
        requires(waiting).include([path("a/", apage), path("b/", include([path("", page)]))])


def test_what_django_does_not_include_is_not_included() -> None:
    with pytest.raises(ImproperlyConfigured, match="app_name"):
        GUARD.include(PATTERNS, namespace="staff")
