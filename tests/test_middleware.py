"""The middleware, in front of sync and async views: the current request, refusals, sessions."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import include, path, reverse

from authkit import audit
from authkit.context import current_request, get_request
from authkit.middleware import HEADERS, AuthkitMiddleware
from authkit.models import get_event_model

DAY = 24 * 3600


def sync_view(request: HttpRequest) -> JsonResponse:
    """Tells whether it sees its own request."""
    return JsonResponse({"own": get_request() is request})


async def async_view(request: HttpRequest) -> JsonResponse:
    await asyncio.sleep(0)
    below = await sync_to_async(get_request)()
    return JsonResponse({"own": get_request() is request and below is request})


def sync_refusal(request: HttpRequest) -> HttpResponse:
    audit.refuse("publish", user=request.user)
    return HttpResponse()


async def async_refusal(request: HttpRequest) -> HttpResponse:
    user = await request.auser()
    audit.refuse("publish", user=user if user.pk else None)
    return HttpResponse()


async def blind_refusal(request: HttpRequest) -> HttpResponse:
    """A coroutine that has not looked who is logged in, and so may not be made to."""
    audit.refuse("publish")
    return HttpResponse()


def broken_view(request: HttpRequest) -> HttpResponse:
    audit.refuse("publish")
    raise RuntimeError("This view is broken.")


async def async_broken_view(request: HttpRequest) -> HttpResponse:
    audit.refuse("publish")
    raise RuntimeError("This view is broken.")


def looking_view(request: HttpRequest) -> HttpResponse:
    """A view that uses the session, as those of logged-in people do."""
    return HttpResponse(str(request.user))


def dressed_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={"X-Frame-Options": "SAMEORIGIN"})


urlpatterns = [
    path("auth/", include("authkit.urls")),
    path("sync/", sync_view),
    path("async/", async_view),
    path("sync/refusal/", sync_refusal),
    path("async/refusal/", async_refusal),
    path("async/blind/", blind_refusal),
    path("sync/broken/", broken_view),
    path("async/broken/", async_broken_view),
    path("looking/", looking_view),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

CLIENTS = pytest.mark.parametrize("client", [Client, AsyncClient], ids=["wsgi", "asgi"])
VIEWS = pytest.mark.parametrize("view", ["sync", "async"])


def get(client: Client | AsyncClient, address: str, **extra: Any) -> Any:
    """The response of a client of either kind."""
    response = client.get(address, **extra)
    if isinstance(client, Client):
        return response

    async def wait() -> Any:
        return await response

    # With the database connection of the test, which asyncio.run() would not share.
    return async_to_sync(wait)()


def events() -> list[Any]:
    return list(get_event_model().objects.filter(name="publish"))


@CLIENTS
@VIEWS
def test_a_view_sees_its_own_request_and_nobody_does_later(client: Any, view: str) -> None:
    assert get(client(), f"/{view}/").json() == {"own": True}
    assert get_request() is None


@CLIENTS
@VIEWS
def test_a_broken_view_leaves_no_request_behind(client: Any, view: str) -> None:
    response = get(client(raise_request_exception=False), f"/{view}/broken/")

    assert response.status_code == 500
    assert get_request() is None
    assert [event.outcome for event in events()] == ["failure"]


def test_an_exception_passes_and_leaves_no_request_behind() -> None:
    def fail(request: HttpRequest) -> HttpResponse:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        AuthkitMiddleware(fail)(RequestFactory().get("/"))
    assert get_request() is None


def test_requests_at_the_same_time_are_told_apart() -> None:
    async def both() -> list[Any]:
        return list(await asyncio.gather(*(AsyncClient().get("/async/") for _ in range(8))))

    assert [response.json() for response in async_to_sync(both)()] == [{"own": True}] * 8


def test_a_request_within_a_request_gives_the_outer_one_back() -> None:
    outer = RequestFactory().get("/")
    token = current_request.set(outer)

    Client().get("/sync/")

    assert get_request() is outer
    current_request.reset(token)


@CLIENTS
@VIEWS
def test_a_refusal_says_who_was_refused(client: Any, view: str, user: Any) -> None:
    browser = client()
    browser.force_login(user)

    get(browser, f"/{view}/refusal/")

    assert [(event.actor, event.user) for event in events()] == [(user, user)]


def test_a_coroutine_is_not_made_to_look_who_is_logged_in(user: Any) -> None:
    browser = AsyncClient()
    browser.force_login(user)

    assert get(browser, "/async/blind/").status_code == 200
    assert [event.actor for event in events()] == [None]


def test_a_project_without_users_or_sessions_is_served(settings: Any) -> None:
    settings.MIDDLEWARE = ["authkit.middleware.AuthkitMiddleware"]

    assert Client().get("/sync/").json() == {"own": True}
    assert Client(raise_request_exception=False).get("/sync/broken/").status_code == 500
    assert [event.actor for event in events()] == [None]


def test_a_request_past_the_counted_proxies_is_served(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    response = Client(raise_request_exception=False).get(
        "/sync/broken/", headers={"x-forwarded-for": "203.0.113.9"}
    )

    assert response.status_code == 500  # of the view, after its refusal was recorded
    assert [event.ip for event in events()] == [None]


@CLIENTS
@VIEWS
def test_other_pages_get_no_header_that_they_had_not(
    client: Any, view: str, settings: Any, user: Any
) -> None:
    browser = client()
    browser.force_login(user)
    response = get(browser, f"/{view}/")
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Authkit" not in name]

    assert response.headers == get(browser, f"/{view}/").headers


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_inactive"])
def test_the_own_pages_are_kept_out_of_caches_and_frames(name: str) -> None:
    headers = Client().get(reverse(name)).headers

    assert {header: headers[header] for header in HEADERS} == HEADERS
    assert "no-store" in headers["Cache-Control"]


def test_a_header_that_the_project_has_set_stays(settings: Any) -> None:
    settings.X_FRAME_OPTIONS = "SAMEORIGIN"
    settings.MIDDLEWARE = [
        *[name for name in settings.MIDDLEWARE if "Authkit" not in name and "XFrame" not in name],
        "authkit.middleware.AuthkitMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]

    response = Client().get(reverse("account_login"))

    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_page_that_is_not_there_is_served() -> None:
    assert Client().get("/nowhere/").status_code == 404
