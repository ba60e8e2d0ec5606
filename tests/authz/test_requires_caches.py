"""A cache before a guard shows nobody what is another's, nor after a revoke."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.views import View
from django.views.decorators.cache import cache_page

from authkit import public, requires, rules

from .views import outcome, page, urls

pytestmark = pytest.mark.django_db


def personal(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"of {request.user.pk}")


@requires(rules.is_logged_in)
class Personal(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return personal(request)


@pytest.mark.parametrize(
    "view",
    [requires(rules.is_logged_in)(personal), Personal.as_view()],
    ids=["function", "class"],
)
def test_a_cache_before_the_guard_shows_nobody_the_page_of_another(
    view: Any, make_user: Any, client_for: Any, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.ROOT_URLCONF = urls(path("page/", cache_page(60)(view)))
    users = make_user(), make_user()
    clients = [*map(client_for, users), Client()]

    for _ in range(2):
        answers = [client.get("/page/") for client in clients]
        assert [answer.content.decode() for answer in answers[:2]] == [
            f"of {each.pk}" for each in users
        ]
        assert outcome(answers[2]) == "login"


@pytest.mark.parametrize("ended", ["revoke", "block"])
def test_a_cache_before_the_guard_shows_nothing_after_the_end_of_a_right(
    ended: str, user: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    guarded = requires(rules.has_membership("editors"))(page)
    settings.ROOT_URLCONF = urls(path("page/", cache_page(60)(guarded)))
    group, client = make_group("editors", user), client_for(user)
    assert outcome(client.get("/page/")) == "seen"

    if ended == "revoke":
        group.users.remove(user)
    else:
        user.block()

    assert outcome(client.get("/page/")) != "seen"


def test_a_cache_before_the_guard_lets_no_stranger_pass(settings: Any, client: Client) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    guarded = requires(lambda request: request.META["REMOTE_ADDR"] == "10.0.0.1")(page)
    settings.ROOT_URLCONF = urls(path("page/", cache_page(60)(guarded)))
    assert outcome(client.get("/page/", REMOTE_ADDR="10.0.0.1")) == "seen"
    assert outcome(client.get("/page/", REMOTE_ADDR="10.0.0.2")) != "seen"


def test_a_page_for_everybody_is_kept_for_everybody() -> None:
    answer = public(page)(RequestFactory().get("/page/"))
    assert not {"Vary", "Cache-Control"} & set(answer.headers)
