"""Real grants open the pages, without any backend but the project's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from authkit import auth
from authkit.admin.ranks import holds, is_unlimited, may_hand_out, may_manage
from authkit.models import Group, Membership, Permission
from tests.admin.conftest import page

User = get_user_model()


@pytest.fixture(autouse=True)
def _real(settings: Any, _granting: None) -> None:
    settings.AUTHENTICATION_BACKENDS = ["authkit.backends.AuthkitBackend"]


@pytest.fixture
def officer(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> Any:
    """A staff member, whose rights are those of the group of officers."""
    user = make_user(is_staff=True, first_name="Olga")
    make_group("officers", user)
    return user


@pytest.fixture
def client(officer: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(officer)


def codes(client: Client, *pages: str) -> list[int]:
    return [client.get(path).status_code for path in pages]


def test_without_a_grant_every_page_is_refused(client: Client, user: Any) -> None:
    paths = [page("user"), page("group"), page("membership"), page("user", "change", user.pk)]
    assert codes(client, *paths) == [403] * 4


def test_a_grant_on_the_model_opens_the_stock_pages(client: Client, user: Any) -> None:
    auth.add_permission("officers", "view", User)
    pages = [page("user"), page("user", "change", user.pk), page("user", "add")]
    assert codes(client, *pages) == [200, 200, 403]
    assert "authkit/user/" in client.get("/admin/").content.decode()


def test_a_grant_to_change_changes(client: Client, user: Any) -> None:
    data = {"email": user.email, "username": user.username, "first_name": "Ada"}
    names = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    data |= {f"auth_memberships-{name}": "0" for name in names}
    auth.add_permission("officers", "view", User)
    assert client.post(page("user", "change", user.pk), data).status_code == 403
    auth.add_permission("officers", "change", User)
    assert client.post(page("user", "change", user.pk), data).status_code == 302
    assert User.objects.get(pk=user.pk).first_name == "Ada"
    auth.remove_permission("officers", ["view", "change"], User)
    assert codes(client, page("user", "change", user.pk)) == [403]


def test_bookkeeping_is_asked_as_a_capability(
    officer: Any, client: Client, user: Any, make_group: Callable[..., Any]
) -> None:
    row = Membership.objects.add(make_group("readers", officer), user)
    auth.add_permission("officers", "authkit.view_membership")
    assert codes(client, page("membership"), page("membership", "change", row.pk)) == [200, 200]
    assert codes(client, page("membership", "delete", row.pk)) == [403]
    auth.add_permission("officers", "authkit.delete_membership")
    assert client.post(page("membership", "delete", row.pk), {"post": "yes"}).status_code == 302
    assert not Membership.objects.filter(pk=row.pk).exists()
    assert "authkit/membership/" in client.get("/admin/").content.decode()


def test_what_is_held_by_a_grant_is_handed_out_and_nothing_else(
    officer: Any, client: Client, make_group: Callable[..., Any]
) -> None:
    auth.add_permission("officers", ["authkit.view_permission", "authkit.add_permission", "pay"])
    auth.add_permission("officers", "view", Group)
    group = make_group("clerks")
    data = {"group": group.pk, "expires_at_0": "", "expires_at_1": ""}
    for name in ("pay", "fire"):
        client.post(page("permission", "add"), data | {"name": name})
    assert [grant.name for grant in Permission.objects.filter(group=group)] == ["pay"]
    assert not may_hand_out(officer, group)


def test_without_the_bypass_a_superuser_hands_out_what_they_hold(
    settings: Any,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    root = make_user(is_staff=True, is_superuser=True)
    payer, other = make_user(), make_user(is_superuser=True)
    grant = auth.add_permission(make_group("payers", payer), "pay")
    assert (is_unlimited(root), holds(root, grant), may_manage(root, payer)) == (True, True, True)
    settings.AUTHKIT = {**settings.AUTHKIT, "SUPERUSER_BYPASS": False}
    assert (is_unlimited(root), holds(root, grant), may_manage(root, payer)) == (
        False,
        False,
        False,
    )
    assert may_manage(root, other)
    assert codes(client_for(root), page("group")) == [403]
    auth.add_permission(root, "view", Group)
    assert codes(client_for(root), page("group")) == [200]


def test_managing_costs_no_query_for_each_model_of_the_site(
    officer: Any, user: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        assert may_manage(officer, user)
