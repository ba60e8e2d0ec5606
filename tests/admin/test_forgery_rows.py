"""Rows that no formset of a page offers."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from authkit.models import Membership
from tests.admin.conftest import everything, form_of, inline, page


@pytest.mark.parametrize("where", ["user", "group"])
def test_a_row_is_not_added_without_the_right(
    where: str,
    rows: SimpleNamespace,
    make_staff: Callable[..., Any],
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    # The right of the group too, so that nothing but the missing one stands in the way.
    staff = make_staff(f"change_{where}", "view_membership", "view_permission", "write_user")
    rows.group.users.add(staff)
    client, user, group = client_for(staff), make_user(), make_group()
    before = everything()
    target = getattr(rows, where)
    data = {"email": target.email} if where == "user" else {"name": target.name}
    if where == "user":
        data |= {"username": target.username}
    data |= inline("auth_memberships", {"user": user.pk, "group": group.pk})
    data |= inline("auth_permissions", {"name": "forged"})
    assert client.post(page(where, "change", target.pk), data).status_code == 302
    assert everything() == before


def test_a_row_of_another_group_is_not_taken_over(
    rows: SimpleNamespace, root_client: Client, make_user: Callable[..., Any], make_group: Any
) -> None:
    stranger = make_user()
    elsewhere = make_group("elsewhere", stranger)
    foreign = Membership.objects.get(group=elsewhere)
    before = everything()
    row = {"id": foreign.pk, "group": rows.group.pk, "user": rows.user.pk, "DELETE": "on"}
    data = {"name": rows.group.name, **inline("auth_memberships", row, initial=1)}
    data |= inline("auth_permissions")
    root_client.post(page("group", "change", rows.group.pk), data)
    assert everything() == before


def test_a_row_does_not_change_hands(
    rows: SimpleNamespace, root_client: Client, make_user: Callable[..., Any], make_group: Any
) -> None:
    stranger, elsewhere = make_user(), make_group("elsewhere")
    before = everything()
    row = {"id": rows.membership.pk, "group": elsewhere.pk, "user": stranger.pk}
    grant = {"id": rows.permission.pk, "group": elsewhere.pk, "name": "forged", "record": "1"}
    data = {"name": rows.group.name, **inline("auth_memberships", row, initial=1)}
    data |= inline("auth_permissions", grant, initial=1)
    root_client.post(page("group", "change", rows.group.pk), data)
    data = {"user": stranger.pk, "group": elsewhere.pk, "expires_at_0": "", "expires_at_1": ""}
    root_client.post(page("membership", "change", rows.membership.pk), data)
    data = {"group": elsewhere.pk, "name": "forged", "expires_at_0": "", "expires_at_1": ""}
    root_client.post(page("permission", "change", rows.permission.pk), data)
    assert everything() == before


def test_staff_does_not_take_a_superuser_out_of_a_group(
    root: Any, clerk_client: Client, make_group: Callable[..., Any]
) -> None:
    group = make_group("admins", root)
    membership = Membership.objects.get()
    row = {"id": membership.pk, "group": group.pk, "user": root.pk, "DELETE": "on"}
    data = {"name": group.name, **inline("auth_memberships", row, initial=1)}
    response = clerk_client.post(
        page("group", "change", group.pk), data | inline("auth_permissions")
    )
    assert response.status_code == 200
    clerk_client.post(page("membership", "delete", membership.pk), {"post": "yes"})
    data = {"action": "delete_selected", "_selected_action": membership.pk, "post": "yes"}
    clerk_client.post(page("membership"), data)
    clerk_client.post(page("group", "delete", group.pk), {"post": "yes"})
    assert Membership.objects.filter(pk=membership.pk).exists()


def test_members_are_kept_by_those_who_may_not_view_users(
    make_staff: Callable[..., Any],
    user: Any,
    make_group: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    staff = make_staff("view_group", "change_group", "change_membership")
    group = make_group("team", staff, user)
    client, path = client_for(staff), page("group", "change", group.pk)
    data = form_of(client.get(path))
    data |= {"auth_memberships-1-expires_at_0": "2040-01-01", "description": "new"}
    data |= {"auth_memberships-1-expires_at_1": "00:00"}
    assert client.post(path, data).status_code == 302
    assert group.auth_memberships.exclude(expires_at=None).exists()
