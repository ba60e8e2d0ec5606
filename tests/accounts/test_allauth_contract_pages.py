"""What authkit takes from django-allauth: addresses, limits, sessions, pages and forms.

See test_allauth_contract.py.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account import app_settings, views
from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.account.models import EmailAddress
from allauth.core.internal.httpkit import get_client_ip
from allauth.core.ratelimit import consume
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.cache import SessionStore
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError
from django.test import Client, RequestFactory, override_settings
from django.urls import get_resolver, reverse

from authkit.accounts.routes import ROUTES
from tests.conftest import PASSWORD

THEIRS = Path(allauth.__file__).parent

# The client's address, on which limits and events rely.


@pytest.mark.parametrize(
    ("meta", "settings", "expected"),
    [
        ({"REMOTE_ADDR": "192.0.2.1"}, {}, "192.0.2.1"),
        ({"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}, {}, "192.0.2.1"),
        (
            {"REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": "192.0.2.8, 192.0.2.9"},
            {"ALLAUTH_TRUSTED_PROXY_COUNT": 1},
            "192.0.2.9",
        ),
        ({"REMOTE_ADDR": "2001:db8::1"}, {}, "2001:db8::1"),
        ({"REMOTE_ADDR": ""}, {}, None),
        ({"REMOTE_ADDR": "unknown"}, {}, None),
    ],
)
def test_the_client_has_an_address(
    rf: RequestFactory, meta: dict[str, str], settings: dict[str, int], expected: str | None
) -> None:
    with override_settings(**settings):
        assert get_client_ip(rf.get("/", **meta)) == expected


def test_fewer_proxies_than_configured_is_an_error(rf: RequestFactory) -> None:
    request = rf.get("/", HTTP_X_FORWARDED_FOR="192.0.2.9")
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=2), pytest.raises(ImproperlyConfigured):
        get_client_ip(request)


# Rate limits.


def test_every_limit_of_a_page_is_one_of_allauths() -> None:
    limits = {getattr(page.view, "limit", "") for route in ROUTES for page in route.pages} - {""}

    assert {*limits, "confirm_email", "login", "login_failed"} <= set(app_settings.RATE_LIMITS)


@override_settings(ACCOUNT_RATE_LIMITS={"signup": "2/h/ip", "confirm_email": "1/h/key"})
def test_a_limit_counts_addresses_and_keys(rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user = None  # type: ignore[assignment]

    by_address = [consume(request, action="signup") for _ in range(3)]
    by_key = [consume(request, action="confirm_email", key=key) for key in ("a", "b", "a")]

    assert [bool(usage) for usage in by_address] == [True, True, False]
    assert [bool(usage) for usage in by_key] == [True, True, False]


def test_an_unknown_limit_does_not_limit(rf: RequestFactory) -> None:
    request = rf.post("/")
    request.user = None  # type: ignore[assignment]

    assert all(consume(request, action="nothing") for _ in range(50))


# Sessions and addresses.


def test_a_login_is_listed_and_can_be_ended(user: Any) -> None:
    client = Client(HTTP_USER_AGENT="Firefox on Linux", REMOTE_ADDR="192.0.2.1")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    (session,) = UserSession.objects.purge_and_list(user)

    assert (session.user_agent, session.ip) == ("Firefox on Linux", "192.0.2.1")
    assert session.session_key == client.session.session_key
    assert session.created_at <= session.last_seen_at

    session.end()

    assert not UserSession.objects.filter(user=user).exists()
    assert client.get(reverse("account_profile")).status_code == 302


def test_a_session_that_is_gone_is_not_listed(user: Any) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    user.refresh_from_db()
    type(user).objects.end_sessions(user)

    assert UserSession.objects.purge_and_list(user) == []


def test_a_session_can_be_listed_by_hand(rf: RequestFactory, user: Any) -> None:
    request = rf.get("/")
    request.session = SessionStore()
    request.user = user
    request.session.save()

    UserSession.objects.create_from_request(request)

    assert UserSession.objects.get(user=user).session_key == request.session.session_key


def test_an_address_is_a_row_of_its_user(user: Any) -> None:
    (address,) = user.emailaddress_set.all()

    assert (address.email, address.primary, address.verified) == (user.email, True, True)


# MariaDB has no partial index, and Django then leaves the constraint out.
@pytest.mark.database("sqlite", "postgresql")
def test_a_verified_address_belongs_to_one_user(make_user: Any) -> None:
    first, second = make_user(), make_user()

    with pytest.raises(IntegrityError):
        EmailAddress.objects.create(user=second, email=first.email, verified=True)


# Pages: allauth reverses names from Python and from its templates.

# What leads to pages that are not part of authkit yet: nothing of it is switched on.
OFF = {
    "account_change_phone",
    "account_complete_password_reset",
    "account_confirm_login_code",
    "account_confirm_password_reset_code",
    "account_password_reset_completed",
    "account_request_login_code",
    "account_signup_by_passkey",
    "account_verify_phone",
}
PYTHON = re.compile(
    r"(?:reverse|reverse_lazy|redirect|headed_redirect_response|redirect_to_login)\(\s*"
    r"[\"'](account_\w+|usersessions_\w+)[\"']"
)
TEMPLATE = re.compile(r"{% url [\"'](account_\w+|usersessions_\w+)[\"']")


def test_every_name_that_allauth_reverses_is_a_page() -> None:
    apps = [THEIRS / name for name in ("account", "core", "usersessions")]
    python = {
        name
        for app in apps
        for file in app.rglob("*.py")
        if "tests" not in file.parts
        for name in PYTHON.findall(file.read_text())
    }
    templates = {
        name
        for folder in ("account", "usersessions")
        for file in (THEIRS / "templates" / folder).rglob("*.*")
        for name in TEMPLATE.findall(file.read_text())
    }

    assert {"account_login", "account_reauthenticate", "usersessions_list"} <= python
    assert (python | templates) - names() <= OFF


def names() -> set[str]:
    """The names of every page of the test project."""
    found = get_resolver().reverse_dict
    return {name for name in found if isinstance(name, str)}


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_logout",
        "account_signup",
        "account_inactive",
        "account_reauthenticate",
        "account_email",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key_done",
        "account_change_password",
        "account_set_password",
        "usersessions_list",
    ],
)
def test_a_name_of_allauths_is_a_page_without_arguments(name: str) -> None:
    assert reverse(name)


@pytest.mark.parametrize(
    ("view", "attributes"),
    [
        ("LoginView", {"form_valid", "form_invalid", "get_form_class", "dispatch"}),
        ("LogoutView", {"post", "dispatch", "get_redirect_url"}),
        ("ReauthenticateView", {"form_valid", "form_invalid", "get_form_class", "dispatch"}),
    ],
)
def test_a_view_has_what_we_override(view: str, attributes: set[str]) -> None:
    assert attributes <= set(dir(getattr(views, view)))


def test_the_login_form_has_these_fields_and_verbs(rf: RequestFactory) -> None:
    form = LoginForm(request=rf.get("/"))

    assert set(form.fields) == {"login", "password", "remember"}
    assert list(inspect.signature(LoginForm.login).parameters) == [
        "self",
        "request",
        "redirect_url",
    ]


def test_the_form_for_reauthentication_knows_its_user(user: Any) -> None:
    form = ReauthenticateForm(user=user)

    assert (form.user, set(form.fields)) == (user, {"password"})
