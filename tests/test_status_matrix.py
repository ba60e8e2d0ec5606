"""Every way in × every status: only an active account comes in, by whatever door."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from allauth.account.utils import perform_login
from allauth.core import context
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.conf import settings as project
from django.contrib.auth import authenticate, get_backends, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory
from django.urls import reverse

from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

NEW = "an entirely different passphrase"
STATUSES = [*Status.values, "deleted"]

# in: logged in · told: kept out, and told why · out: kept out like a stranger ·
# set: a new password was set, without a login · -: there is no such thing
TABLE = {
    #                       active  unverif. pending disabled blocked deleted
    "login by address":     "in     told    told    told    told    out",
    "login by user name":   "in     told    told    told    told    out",
    "admin, by our page":   "in     told    told    told    told    out",
    "admin, by its own":    "in     out     out     out     out     out",
    "authenticate()":       "in     out     out     out     out     out",
    "perform_login()":      "in     told    told    told    told    -",
    "perform_login(stale)": "in     told    told    told    told    -",
    "verification link":    "out    in      out     out     out     out",
    "reset link":           "set    set     out     set     out     out",
    "reauthentication":     "in     out     out     out     out     out",
    "live session":         "in     out     out     out     out     out",
    "forced session":       "in     out     out     out     out     out",
    "password change":      "in     out     out     out     out     out",
    "suspended login":      "in     told    told    told    told    out",
    "get_user()":           "in     out     out     out     out     out",
}  # fmt: skip


def put(user: Any, status: str) -> None:
    """Give the row a status behind the back of everybody, sessions and links included."""
    rows = type(user)._base_manager.filter(pk=user.pk)
    if status == "deleted":
        type(user).objects.get(pk=user.pk).delete()
        return
    active = status == Status.ACTIVE
    blocked_from = Status.ACTIVE.value if status == Status.BLOCKED else ""
    rows.update(status=status, is_active=active, blocked_from=blocked_from)


def cell(client: Client) -> str:
    """How the browser stands now."""
    if client.get(reverse("account_profile")).status_code == 200:
        return "in"
    told = client.get(reverse("account_inactive")).context["state"]
    return "told" if told in {"pending", "disabled", "blocked"} else "out"


class World:
    """A user, and a browser that is not logged in yet."""

    def __init__(self, user: Any, status: str, mailbox: Mailbox, settings: Any) -> None:
        self.user, self.status, self.mailbox, self.settings = user, status, mailbox, settings
        self.client = Client()

    def change(self) -> None:
        put(self.user, self.status)

    def log_in(self, name: str) -> Any:
        data = {"login": name, "password": PASSWORD}
        return self.client.post(reverse("account_login"), data)


def log_in_by(field: str) -> Callable[[World], str]:
    def way(world: World) -> str:
        world.change()
        response = world.log_in(getattr(world.user, field))
        verify = response.headers.get("Location") == reverse("account_email_verification_sent")
        return "told" if verify else cell(world.client)

    return way


def log_in_to_the_admin(world: World) -> str:
    world.change()
    data = {"username": world.user.email, "login": world.user.email, "password": PASSWORD}
    world.client.post("/admin/login/", data)
    assert "_auth_user_id" not in world.client.session
    page = world.client.get("/admin/", follow=True).redirect_chain[-1][0]
    response = world.client.post(page, data)
    verify = response.headers.get("Location") == reverse("account_email_verification_sent")
    return "told" if verify else admin_cell(world.client) or cell(world.client)


def log_in_to_the_admin_alone(world: World) -> str:
    """In a project that has not included the account pages."""
    world.settings.ROOT_URLCONF = "tests.security.admin_urls"
    world.change()
    data = {"username": world.user.email, "password": PASSWORD, "next": "/admin/"}
    response = world.client.post("/admin/login/", data)
    assert response.status_code == (302 if world.status == "active" else 200)
    return admin_cell(world.client) or "out"


def admin_cell(client: Client) -> str:
    return "in" if client.get("/admin/").status_code == 200 else ""


def call_authenticate(world: World) -> str:
    world.change()
    names = ({"username": world.user.email}, {"email": world.user.email})
    found = [authenticate(None, **name, password=PASSWORD) for name in names]
    assert found[0] == found[1]
    return "out" if found[0] is None else "in"


def call_perform_login(world: World, *, stale: bool) -> str:
    """As a social login does: nobody has asked for a password."""
    world.change()
    user = world.user if stale else get_user_model().objects.get(pk=world.user.pk)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    request.session = import_module(project.SESSION_ENGINE).SessionStore()
    request._messages = FallbackStorage(request)
    with context.request_context(request):
        response = perform_login(request, user)
    if request.user.is_authenticated or "_auth_user_id" in request.session:
        return "in"
    told = {reverse("account_inactive"), reverse("account_email_verification_sent")}
    return "told" if response.url in told else "out"


def open_a_verification_link(world: World) -> str:
    get_user_model().objects.all().delete()
    data = {"email": "a@example.com", "username": "a", "password": PASSWORD, "password2": PASSWORD}
    world.client.post(reverse("account_signup"), data)
    world.user = get_user_model().objects.get()
    page = world.client.get(world.mailbox.link()).url
    world.change()
    world.client.post(page)
    return cell(world.client)


def open_a_reset_link(world: World) -> str:
    world.client.post(reverse("account_reset_password"), {"email": world.user.email})
    page = world.client.get(world.mailbox.link()).url
    world.change()
    world.client.post(page, {"new_password": NEW, "new_password2": NEW})
    assert cell(world.client) == "out"
    row = get_user_model().objects.filter(pk=world.user.pk).first()
    return "set" if row is not None and row.check_password(NEW) else "out"


def reauthenticate(world: World) -> str:
    world.log_in(world.user.email)
    world.change()
    data = {"password": PASSWORD, "next": "/done/"}
    response = world.client.post(reverse("account_reauthenticate"), data)
    assert (response.url == "/done/") == (world.status == "active")
    return cell(world.client)


def go_on(world: World) -> str:
    world.log_in(world.user.email)
    world.change()
    return cell(world.client)


def force(world: World) -> str:
    world.client.force_login(world.user)
    world.change()
    return cell(world.client)


def change_the_password(world: World) -> str:
    world.log_in(world.user.email)
    world.change()
    data = {"old_password": PASSWORD, "new_password": NEW, "new_password2": NEW}
    world.client.post(reverse("account_change_password"), data)
    row = get_user_model().objects.filter(pk=world.user.pk).first()
    assert (row is not None and row.check_password(NEW)) == (world.status == "active")
    return cell(world.client)


def resume_a_login(world: World) -> str:
    """The status changes between the password and the second factor."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    TOTP.activate(world.user, secret)
    response = world.log_in(world.user.email)
    assert response.url == reverse("mfa_authenticate")
    assert cell(world.client) == "out"
    world.change()
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    # allauth's page fails for an account that is gone; nobody comes in.
    world.client.raise_request_exception = world.status != "deleted"
    response = world.client.post(response.url, {"code": code})
    verify = response.headers.get("Location") == reverse("account_email_verification_sent")
    return "told" if verify else cell(world.client)


def call_get_user(world: World) -> str:
    world.change()
    (backend,) = get_backends()
    return "out" if backend.get_user(world.user.pk) is None else "in"


WAYS: dict[str, Callable[[World], str]] = {
    "login by address": log_in_by("email"),
    "login by user name": log_in_by("username"),
    "admin, by our page": log_in_to_the_admin,
    "admin, by its own": log_in_to_the_admin_alone,
    "authenticate()": call_authenticate,
    "perform_login()": lambda world: call_perform_login(world, stale=False),
    "perform_login(stale)": lambda world: call_perform_login(world, stale=True),
    "verification link": open_a_verification_link,
    "reset link": open_a_reset_link,
    "reauthentication": reauthenticate,
    "live session": go_on,
    "forced session": force,
    "password change": change_the_password,
    "suspended login": resume_a_login,
    "get_user()": call_get_user,
}


CELLS = [
    (way, status, cell)
    for way, row in TABLE.items()
    for status, cell in zip(STATUSES, row.split(), strict=True)
    if cell != "-"
]


@pytest.mark.parametrize(("way", "status", "expected"), CELLS)
def test_every_way_in_and_every_status(
    make_user: Callable[..., Any],
    settings: Any,
    mailbox: Mailbox,
    way: str,
    status: str,
    expected: str,
) -> None:
    settings.ROOT_URLCONF = "tests.security.mfa_urls"
    user = make_user(is_staff=True)
    assert WAYS[way](World(user, status, mailbox, settings)) == expected


@pytest.mark.parametrize("verb", ["disable", "block"])
def test_a_session_that_a_status_ended_stays_dead(
    make_user: Callable[..., Any], client_for: Callable[[Any], Client], verb: str
) -> None:
    user = make_user()
    client = client_for(user)
    getattr(user, verb)()
    user.allow()
    assert user.status == Status.ACTIVE
    assert cell(client) == "out"


SINCE = {
    "a new password": lambda user: type(user).objects.set_password(user, NEW),
    "logging out everywhere": lambda user: type(user).objects.end_sessions(user),
    "a block that was lifted": lambda user: (user.block(), user.allow()),
}


@pytest.mark.parametrize("event", SINCE)
def test_a_login_that_was_suspended_ends_with(
    user: Any, settings: Any, mailbox: Mailbox, event: str
) -> None:
    settings.ROOT_URLCONF = "tests.security.mfa_urls"
    world = World(user, "active", mailbox, settings)
    world.change = lambda: SINCE[event](get_user_model().objects.get(pk=user.pk))
    assert resume_a_login(world) == "out"


def test_what_one_opened_or_was_told_is_gone_for_the_next(
    make_user: Callable[..., Any], mailbox: Mailbox, settings: Any
) -> None:
    opener, blocked, user = make_user(), make_user(), make_user()
    blocked.block()
    world = World(user, "active", mailbox, settings)
    world.client.post(reverse("account_reset_password"), {"email": opener.email})
    page = world.client.get(mailbox.link()).url
    world.log_in(blocked.email)
    world.log_in(user.email)
    assert world.client.get(reverse("account_inactive")).context["state"] == ""
    assert world.client.get(page).status_code == 404
    data = {"new_password": NEW, "new_password2": NEW}
    assert world.client.post(page, data).status_code == 404


@pytest.mark.parametrize("methods", [["email"], ["username"], ["email", "username"]])
def test_the_password_is_asked_again_however_one_logs_in(
    user: Any, settings: Any, client_for: Callable[[Any], Client], methods: list[str]
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "LOGIN_METHODS": methods}
    client = client_for(user)
    for password, answer in ((NEW, 200), (PASSWORD, 302)):
        response = client.post(reverse("account_reauthenticate"), {"password": password})
        assert response.status_code == answer
