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
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authkit import auth
from authkit.admin.ranks import may_manage
from authkit.models import Group, Mail, Permission
from tests.admin.conftest import form_of, page
from tests.blog.models import Post

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


# Code that asks for a membership by name takes a group without a grant for a right.


@pytest.fixture
def administrators(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> Any:
    """A group without a grant, and somebody in it."""
    boss = make_user(email="boss@example.com")
    return SimpleNamespace(group=make_group("administrators", boss), boss=boss)


@pytest.mark.parametrize("who", ["clerk", "user"])
@pytest.mark.parametrize("is_in", [False, True])
@pytest.mark.parametrize("where", ["membership", "group", "user"])
def test_only_members_put_somebody_into_a_group(
    where: str,
    who: str,
    request: pytest.FixtureRequest,
    clerk: Any,
    clerk_client: Client,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    *,
    is_in: bool,
) -> None:
    group = make_group("administrators", *[clerk] * is_in)
    member = make_user() if is_in else request.getfixturevalue(who)
    if where == "membership":
        path, prefix = page("membership", "add"), ""
    else:
        path = page(where, "change", {"group": group, "user": member}[where].pk)
        prefix = f"auth_memberships-{int(is_in and where == 'group')}-"
    chosen = {f"{prefix}user": member.pk, f"{prefix}group": group.pk}
    data = form_of(clerk_client.get(path)) if prefix else {}
    status = clerk_client.post(path, data | chosen).status_code
    assert (status == 302) == is_in == group.auth_memberships.filter(user=member).exists()


@pytest.mark.parametrize("visitor", ["clerk_client", "root_client"])
def test_a_group_that_is_new_has_no_member_but_by_a_superuser(
    visitor: str, user: Any, request: pytest.FixtureRequest
) -> None:
    client, path = request.getfixturevalue(visitor), page("group", "add")
    data = form_of(client.get(path)) | {"name": "administrators"}
    client.post(path, data | {"auth_memberships-0-user": user.pk})
    assert Group.objects.exists() == (visitor == "root_client")


@pytest.mark.parametrize("is_in", [False, True])
def test_only_members_take_over_or_take_out_a_member(
    administrators: Any, clerk: Any, clerk_client: Client, *, is_in: bool
) -> None:
    boss, group = administrators.boss, administrators.group
    if is_in:
        group.users.add(clerk)
    data = {"email": "new@example.com", "username": boss.username}
    counters = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    data |= {f"auth_memberships-{name}": "0" for name in counters}
    assert may_manage(clerk, boss) == is_in
    clerk_client.post(page("user", "change", boss.pk), data)
    clerk_client.post(page("user", "account", boss.pk), {"verb": "send_password_link"})
    boss.refresh_from_db()
    assert (boss.email == "new@example.com") == is_in == Mail.objects.exists()
    row = group.auth_memberships.get(user=boss)
    clerk_client.post(page("membership", "delete", row.pk), {"post": "yes"})
    assert group.auth_memberships.filter(user=boss).exists() != is_in


def test_the_own_group_of_somebody_puts_them_above_nobody(user: Any, clerk: Any) -> None:
    auth.add_permission(user, "change", User)
    assert may_manage(clerk, user)
    auth.add_permission(user, "publish")
    assert not may_manage(clerk, user)


# What it costs


def test_ranks_cost_the_same_whatever_the_number_of_grants(
    clerk: Any,
    clerk_client: Client,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
) -> None:
    costs = []
    for number in (2, 200):
        posts = Post.objects.bulk_create([Post() for _ in range(number)])
        user = make_user()
        group = make_group(f"of {number}", clerk, user)
        auth.add_permission([group, user, clerk], "read", posts)
        grants = [grant.pk for grant in group.auth_permissions.all()[:100]]
        data = {"action": "delete_selected", "_selected_action": grants}
        with CaptureQueriesContext(connection) as queries:
            for path in (
                page("group", "change", group.pk),
                page("group", "delete", group.pk),
                page("user", "change", user.pk),
                page("permission", "change", grants[0]),
            ):
                assert clerk_client.get(path).status_code == 200
            assert clerk_client.post(page("permission"), data).status_code == 200
        costs.append(len(queries))
    assert costs[1] <= costs[0]
