"""Sessions: how long they last, when they are written, and who gets none."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import include, path, reverse
from django.utils import timezone

from authkit.middleware import SEEN
from tests.conftest import PASSWORD

DAY = 24 * 3600


def looking_view(request: HttpRequest) -> HttpResponse:
    """A view that uses the session, as those of logged-in people do."""
    return HttpResponse(str(request.user))


async def async_looking_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(await request.auser()))


def other_view(request: HttpRequest) -> HttpResponse:
    """A view that asks for nothing."""
    return HttpResponse()


urlpatterns = [
    path("auth/", include("authkit.urls")),
    path("looking/", looking_view),
    path("async/looking/", async_looking_view),
    path("other/", other_view),
]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def login(*, remember: bool) -> Client:
    """A browser in which somebody has come in by the page."""
    client = Client()
    person = get_user_model().objects.create_user("ada@example.com", PASSWORD)
    typed = {"login": person.email, "password": PASSWORD} | ({"remember": "on"} if remember else {})
    client.post(reverse("account_login"), typed)
    return client


def age(client: Client, seconds: int) -> Any:
    """Make the session look as if it had been seen *seconds* ago; when it would end."""
    session = client.session
    session[SEEN] = int(time.time()) - seconds
    session.save()
    soon = timezone.now() + timedelta(seconds=60)
    Session.objects.filter(pk=session.session_key).update(expire_date=soon)
    return Session.objects.get().expire_date


@pytest.mark.parametrize(("remember", "seconds"), [(False, 3600), (True, 30 * DAY)])
def test_a_session_lasts_an_hour_or_where_one_is_remembered_a_month(
    *, remember: bool, seconds: int
) -> None:
    client = login(remember=remember)

    cookie = client.cookies["sessionid"]
    left = Session.objects.get().expire_date - timezone.now()
    assert cookie["max-age"] == seconds
    assert seconds - 60 < left.total_seconds() <= seconds


def test_a_session_that_has_ended_is_refused_whatever_the_cookie_says() -> None:
    client = login(remember=True)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get("/looking/").content == b"AnonymousUser"


@pytest.mark.parametrize(
    ("remember", "seconds", "written"),
    [(False, 300, False), (False, 365, True), (True, 500, False), (True, 605, True)],
)
def test_a_used_session_is_prolonged_but_seldom_written(
    *, remember: bool, seconds: int, written: bool
) -> None:
    client = login(remember=remember)
    before = age(client, seconds)

    response = client.get("/looking/")

    assert (Session.objects.get().expire_date > before) is written
    assert ("sessionid" in response.cookies) is written


def test_a_session_that_nobody_looked_at_is_not_prolonged() -> None:
    client = login(remember=False)
    before = age(client, 3000)

    response = client.get("/other/")

    assert Session.objects.get().expire_date == before
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("expiry", [0, None])
def test_a_session_with_another_kind_of_end_is_left_alone(expiry: int | None, user: Any) -> None:
    client = Client()
    client.force_login(user)
    session = client.session
    session.set_expiry(expiry)
    session.save()

    client.get("/looking/")

    assert SEEN not in client.session


def test_a_session_is_prolonged_in_front_of_async_views_too() -> None:
    client = login(remember=False)
    before = age(client, 365)
    browser = AsyncClient()
    browser.cookies = client.cookies

    async def visit() -> None:
        await browser.get("/async/looking/")

    async_to_sync(visit)()

    assert Session.objects.get().expire_date > before


ANONYMOUS_PAGES = [
    "account_login",
    "account_logout",
    "account_signup",
    "account_profile",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_change_password",
    "account_email",
    "account_username_retrieval",
    "account_username_retrieval_done",
    "account_reauthenticate",
    "account_sessions",
    "account_deletion",
    "account_inactive",
]


@pytest.mark.parametrize("name", ANONYMOUS_PAGES)
def test_a_page_makes_no_session_for_whoever_just_looks(name: str) -> None:
    response = Client().get(reverse(name))

    assert response.status_code in {200, 302}
    assert "sessionid" not in response.cookies
    assert not Session.objects.exists()
