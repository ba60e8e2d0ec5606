"""The administration pages have no login of their own."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from authkit.models import Event
from tests.conftest import PASSWORD


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_login_is_the_front_door(method: str, client: Client, root: Any) -> None:
    data = {"username": root.email, "password": PASSWORD}
    response = getattr(client, method)("/admin/login/", data)
    assert response.status_code == 302
    assert response.url == "/auth/login/?next=/admin/"
    assert "_auth_user_id" not in client.session
    assert "no-store" in response["Cache-Control"]


def test_a_page_asked_for_comes_after_the_login(client: Client, root: Any) -> None:
    response = client.get("/admin/authkit/user/?q=a&o=1", follow=True)
    target = parse_qs(urlsplit(response.redirect_chain[-1][0]).query)["next"]
    assert target == ["/admin/authkit/user/?q=a&o=1"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "http://testserver/admin/",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "//testserver@evil.example",
        "admin/",
        "",
        "\x00",
    ],
)
@pytest.mark.parametrize("visitor", ["anonymous", "root"])
def test_a_target_elsewhere_is_dropped(
    visitor: str, target: str, client: Client, root: Any, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    if visitor == "root":
        client.force_login(root)
    response = client.get("/admin/login/", {REDIRECT_FIELD_NAME: target})
    door = "/admin/" if visitor == "root" else "/auth/login/?next=/admin/"
    assert response.url == door


def test_who_may_enter_is_let_in(root_client: Client) -> None:
    response = root_client.get("/admin/login/?next=/admin/authkit/group/")
    assert response.url == "/admin/authkit/group/"


def test_who_may_not_is_told_so_and_not_sent_in_circles(
    user: Any, client_for: Callable[[Any], Client]
) -> None:
    response = client_for(user).get("/admin/", follow=True)
    assert (response.status_code, len(response.redirect_chain)) == (403, 1)
    page = response.content.decode()
    assert "This account may not open the administration pages." in page
    assert '<a href="/auth/profile/">' in page
    event = Event.objects.get(name="admin_login")
    assert (event.outcome, event.user, event.actor) == ("failure", user, user)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Ask <b>Ada</b>'s team.", "Ask &lt;b&gt;Ada&lt;/b&gt;&#x27;s team."),
        ("", "If you think that you should, ask whoever runs this site."),
    ],
)
def test_a_refusal_of_the_project_says_what_it_was_given(
    client: Client, settings: Any, said: str, shown: str
) -> None:
    def refusing(request: HttpRequest) -> HttpResponse:
        raise PermissionDenied(said)

    settings.ROOT_URLCONF = (path("", refusing), path("auth/", include("authkit.urls")))
    response = client.get("/")
    assert response.status_code == 403
    assert f'<p class="ak-lead">{shown}</p>' in response.content.decode()


def test_a_login_url_that_is_the_door_itself_leads_to_the_account_pages(
    client: Client, settings: Any
) -> None:
    settings.LOGIN_URL = "admin:login"
    assert client.get("/admin/login/").url == "/auth/login/?next=/admin/"


def test_the_own_password_is_changed_on_the_account_pages(root_client: Client) -> None:
    assert root_client.get("/admin/password_change/").url == "/auth/password_change/"
    data = {"old_password": PASSWORD, "new_password1": "x" * 20, "new_password2": "x" * 20}
    assert root_client.post("/admin/password_change/", data).status_code == 302


def test_without_the_account_pages_djangos_own_stay(
    root: Any, client: Client, settings: Any
) -> None:
    urls = ModuleType("urls_without_accounts")
    urls.urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls
    assert client.get("/admin/login/").status_code == 200
    client.force_login(root)
    assert client.get("/admin/password_change/").status_code == 200


def test_leaving_works(root_client: Client) -> None:
    assert root_client.post("/admin/logout/").status_code == 200
    assert "_auth_user_id" not in root_client.session
