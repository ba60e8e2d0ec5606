"""Who may do what to whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from authkit.models import Mail, Permission, Status
from tests.admin.backend import ALL, GRANTED
from tests.admin.conftest import form_of, page

User = get_user_model()
SUPER = {"is_staff": True, "is_superuser": True}
TARGETS: dict[str, dict[str, Any]] = {
    "person": {},
    "blocked person": {"status": Status.BLOCKED},
    "pending person": {"status": Status.PENDING},
    "staff without rights": {"is_staff": True},
    "staff with fewer rights": {"is_staff": True, "rights": {"authkit.view_user"}},
    "staff with the same rights": {"is_staff": True, "rights": set(ALL)},
    "staff with another right": {"is_staff": True, "rights": {"shop.change_price"}, "more": True},
    "blocked staff": {"is_staff": True, "status": Status.BLOCKED},
    "disabled staff": {"is_staff": True, "status": Status.DISABLED},
    "superuser": SUPER,
    "blocked superuser": {**SUPER, "status": Status.BLOCKED},
    "superuser without staff": {"is_superuser": True},
}
ABOVE_THE_CLERK = {
    "staff with another right",
    "blocked staff",
    "disabled staff",
    "superuser",
    "blocked superuser",
    "superuser without staff",
}
EVERYBODY = set(TARGETS)
MAY = [
    # who, whom they may manage
    ("root", EVERYBODY),
    ("clerk", EVERYBODY - ABOVE_THE_CLERK),
    ("reader", set()),
    ("nobody", set()),
]
DEEDS = ["change", "delete", "delete_selected", "block", "bulk block", "send_password_link"]


@pytest.fixture
def make_target(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> Any:
    def make(name: str) -> Any:
        fields = dict(TARGETS[name])
        rights, more = fields.pop("rights", set()), fields.pop("more", False)
        user = make_user(first_name="Before", **fields)
        GRANTED[user.pk] = rights
        if more:
            # What no page of the admin asks for is known from the grants.
            Permission.objects.add(make_group(None, user), "ban_users")
        return user

    return make


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("who", "may"), MAY, ids=[row[0] for row in MAY])
def test_a_deed_is_done_only_to_those_not_above(
    who: str,
    may: set[str],
    target: str,
    deed: str,
    make_target: Any,
    root: Any,
    make_staff: Callable[..., Any],
    clerk: Any,
    client_for: Callable[[Any], Client],
) -> None:
    visitors = {
        "root": lambda: root,
        "clerk": lambda: clerk,
        "reader": lambda: make_staff("view_user", "view_group"),
        "nobody": make_staff,
    }
    client, user = client_for(visitors[who]()), make_target(target)
    before = User.objects.filter(pk=user.pk).values().get()
    do(client, deed, user)
    after = User.objects.filter(pk=user.pk).values().first()
    possible = deed in POSSIBLE or user.status not in IMPOSSIBLE[deed]
    assert ((after, mails(user)) != (before, 0)) == (target in may and possible)


POSSIBLE = {"change", "delete", "delete_selected"}
IMPOSSIBLE = {
    "block": {Status.BLOCKED},
    "bulk block": {Status.BLOCKED},
    "send_password_link": {Status.BLOCKED, Status.PENDING},
}


def mails(user: Any) -> int:
    return Mail.objects.filter(address=user.email).count()


def do(client: Client, deed: str, user: Any) -> None:
    """The request that a browser, or somebody without one, would send."""
    if deed == "change":
        data = {"email": user.email, "username": user.username, "first_name": "After"}
        if user.is_staff:
            data["is_staff"] = "on"
        if user.is_superuser:
            data["is_superuser"] = "on"
        counters = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
        data |= {f"auth_memberships-{name}": "0" for name in counters}
        client.post(page("user", "change", user.pk), data)
    elif deed == "delete":
        client.post(page("user", "delete", user.pk), {"post": "yes"})
    elif deed == "delete_selected":
        data = {"action": deed, "_selected_action": user.pk, "post": "yes"}
        client.post(page("user"), data)
    elif deed == "bulk block":
        data = {"action": "block", "_selected_action": user.pk, "confirmed": "yes"}
        client.post(page("user"), data)
    else:
        client.post(page("user", "account", user.pk), {"verb": deed, "confirmed": "yes"})


@pytest.mark.parametrize("deed", DEEDS)
def test_an_attempt_on_a_superuser_is_recorded(
    deed: str, root: Any, clerk: Any, clerk_client: Client, new_events: Callable[[], Any]
) -> None:
    new_events()
    do(clerk_client, deed, root)
    names = {
        "change": "user_update",
        "delete": "user_delete",
        "delete_selected": "user_delete",
        "block": "user_block",
        "bulk block": "user_block",
        "send_password_link": "password_retrieval",
    }
    whom = "" if deed == "delete_selected" else str(root.pk)
    assert new_events() == [(names[deed], "failure", str(clerk.pk), whom)]


def test_one_may_change_oneself_but_not_raise_oneself(clerk: Any, clerk_client: Client) -> None:
    path = page("user", "change", clerk.pk)
    data = form_of(clerk_client.get(path))
    clerk_client.post(path, {**data, "first_name": "Cleo", "is_superuser": "on"})
    clerk.refresh_from_db()
    assert (clerk.first_name, clerk.is_superuser) == ("Cleo", False)


@pytest.mark.parametrize("name", ["is_staff", "is_superuser"])
def test_staff_sees_privileges_but_cannot_give_them(
    name: str, clerk_client: Client, user: Any
) -> None:
    path = page("user", "change", user.pk)
    response = clerk_client.get(path)
    assert name not in response.context["adminform"].form.fields
    clerk_client.post(path, {**form_of(response), name: "on"})
    assert not getattr(User.objects.get(pk=user.pk), name)


def test_staff_cannot_add_somebody_privileged(clerk_client: Client) -> None:
    data = {"email": "new@example.com", "is_staff": "on", "is_superuser": "on"}
    clerk_client.post(page("user", "add"), data)
    added = User.objects.get(email="new@example.com")
    assert (added.is_staff, added.is_superuser) == (False, False)
