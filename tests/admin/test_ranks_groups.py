"""Below superusers nobody takes, renames or removes what gives others a right that they lack."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_deleted_objects
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.utils import timezone

from authkit.models import Group, Permission
from tests.admin.conftest import form_of, page

User = get_user_model()


@pytest.fixture(params=["root", "clerk"])
def visitor(request: pytest.FixtureRequest) -> SimpleNamespace:
    """A superuser, who may, and staff below, who may not."""
    client = request.getfixturevalue(f"{request.param}_client")
    return SimpleNamespace(client=client, may=request.param == "root")


@pytest.fixture
def mine(make_group: Callable[..., Any]) -> SimpleNamespace:
    """A group with a right that the clerk has too."""
    group = make_group("mine")
    return SimpleNamespace(group=group, permission=Permission.objects.add(group, "change", User))


@pytest.fixture
def powers(make_group: Callable[..., Any]) -> SimpleNamespace:
    """A group with a right that the clerk has not."""
    group = make_group("powers")
    return SimpleNamespace(group=group, permission=Permission.objects.add(group, "publish"))


def post(client: Client, group: Any, **values: str) -> Any:
    """Save the page of a group."""
    path = page("group", "change", group.pk)
    return client.post(path, form_of(client.get(path)) | values)


def delete(client: Client, how: str, model: str, *rows: Any) -> int:
    """Delete one on its page, or all of them in the list."""
    if how == "page":
        return client.post(page(model, "delete", rows[0].pk), {"post": "yes"}).status_code
    chosen = [row.pk for row in rows]
    data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    return client.post(page(model), data).status_code


def test_only_a_superuser_renames_a_group(visitor: Any, mine: Any) -> None:
    assert post(visitor.client, mine.group, name="renamed", description="new").status_code == 302
    mine.group.refresh_from_db()
    assert mine.group.description == "new"
    assert mine.group.name == ("renamed" if visitor.may else "mine")


def test_staff_names_a_group_that_is_new(clerk_client: Client) -> None:
    path = page("group", "add")
    assert clerk_client.post(path, form_of(clerk_client.get(path)) | {"name": "new"})
    assert Group.objects.filter(name="new").exists()


def test_a_group_above_one_is_not_changed(visitor: Any, powers: Any) -> None:
    response = post(visitor.client, powers.group, description="new")
    assert response.status_code == (302 if visitor.may else 403)
    assert Group.objects.get().description == ("new" if visitor.may else "")


@pytest.mark.parametrize("how", ["page", "list"])
@pytest.mark.parametrize("model", ["group", "permission"])
def test_nothing_above_one_is_deleted(visitor: Any, model: str, how: str, powers: Any) -> None:
    status = delete(visitor.client, how, model, getattr(powers, model))
    assert status == (302 if visitor.may else 403)
    assert Permission.objects.exists() != visitor.may


@pytest.mark.parametrize("how", ["page", "list"])
@pytest.mark.parametrize("model", ["group", "permission"])
def test_what_one_holds_is_deleted(how: str, model: str, mine: Any, clerk_client: Client) -> None:
    assert delete(clerk_client, how, model, getattr(mine, model)) == 302
    assert not Permission.objects.exists()


@pytest.mark.parametrize("model", ["group", "permission"])
def test_one_above_keeps_all_that_were_chosen_with_it(
    model: str, mine: Any, powers: Any, clerk_client: Client
) -> None:
    rows = [getattr(one, model) for one in (mine, powers)]
    assert delete(clerk_client, "list", model, *rows) == 403
    assert (Group.objects.count(), Permission.objects.count()) == (2, 2)


def test_what_goes_with_another_record_is_asked_about_too(
    mine: Any, powers: Any, clerk: Any, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = clerk
    above = Permission.objects.add(powers.group, "publish", Group)
    lacking = [
        get_deleted_objects([row], request, admin.site)[2]
        for row in (mine.group, powers.group, mine.permission.content_type, above.content_type)
    ]
    assert lacking == [set(), {"group", "permission"}, set(), {"permission"}]


def test_nothing_above_one_is_taken_within_the_group(visitor: Any, powers: Any, mine: Any) -> None:
    response = post(visitor.client, powers.group, **{"auth_permissions-0-DELETE": "on"})
    assert response.status_code == (302 if visitor.may else 403)
    assert powers.group.auth_permissions.exists() != visitor.may
    assert (
        post(visitor.client, mine.group, **{"auth_permissions-0-DELETE": "on"}).status_code == 302
    )
    assert not mine.group.auth_permissions.exists()


@pytest.fixture
def former(make_group: Callable[..., Any]) -> SimpleNamespace:
    """A group with a right that the clerk has not, which has expired."""
    group, past = make_group("former"), timezone.now() - timedelta(days=1)
    grant = Permission.objects.add(group, "publish", expires_at=past)
    return SimpleNamespace(group=group, permission=grant)


def test_what_has_expired_puts_no_group_above_one_but_is_not_ones_own_to_take(
    former: Any, clerk_client: Client
) -> None:
    assert post(clerk_client, former.group, description="new").status_code == 302
    response = post(clerk_client, former.group, **{"auth_permissions-0-DELETE": "on"})
    errors = [each.formset.non_form_errors() for each in response.context["inline_admin_formsets"]]
    assert [error.code for found in errors for error in found.data] == ["not_allowed"]
    assert delete(clerk_client, "page", "permission", former.permission) == 403
    assert delete(clerk_client, "page", "group", former.group) == 302


@pytest.mark.parametrize("who", ["clerk", "user"])
def test_staff_puts_others_into_a_group_but_not_themselves(
    who: str, request: pytest.FixtureRequest, clerk_client: Client, make_group: Callable[..., Any]
) -> None:
    """Code that asks for a membership by name takes a group without a grant for a right."""
    member, group = request.getfixturevalue(who), make_group("administrators")

    clerk_client.post(page("membership", "add"), {"user": member.pk, "group": group.pk})

    assert group.auth_memberships.filter(user=member).exists() == (who == "user")
