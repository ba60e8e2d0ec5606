"""What puts an account above somebody, whatever its status and wherever its rights come from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from authkit.admin import deletion
from authkit.admin.ranks import may_manage
from authkit.models import Group, Membership, Permission, Status, Tag
from tests.admin.backend import ALL, GRANTED
from tests.admin.conftest import form_of, page

User = get_user_model()


@pytest.fixture
def boss(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> Any:
    """Somebody, not of the staff, with a right that the clerk has not."""
    user = make_user(email="boss@example.com")
    Permission.objects.add(make_group("bosses", user), "publish")
    return user


RIGHTS = ["auth.change_permission", "contenttypes.delete_contenttype", "shop.refund", "plain"]


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("right", RIGHTS)
def test_rights_of_another_backend_count_in_every_status(
    right: str, status: str, make_user: Callable[..., Any], clerk: Any
) -> None:
    user = make_user(status=status)
    GRANTED[user.pk] = {right}
    assert not may_manage(clerk, user)
    GRANTED[clerk.pk] = {*ALL, right}
    assert may_manage(clerk, user)


@pytest.mark.parametrize("status", Status.values)
def test_grants_count_in_every_status(
    status: str, make_user: Callable[..., Any], make_group: Callable[..., Any], clerk: Any
) -> None:
    user = make_user(status=status)
    assert may_manage(clerk, user)
    Permission.objects.add(make_group("bosses", user), "publish")
    assert not may_manage(clerk, user)


def test_an_account_that_was_disabled_is_not_taken_over(
    make_user: Callable[..., Any],
    make_staff: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    client = client_for(make_staff("view_user", "change_user"))
    user = make_user(email="above@example.com")
    GRANTED[user.pk] = {"authkit.delete_group"}
    user.disable()
    data = {"email": "mine@example.com", "username": user.username}
    assert client.post(page("user", "change", user.pk), data).status_code == 403
    user.refresh_from_db()
    assert (user.email, user.status) == ("above@example.com", Status.DISABLED)


# Groups


def test_nobody_makes_a_group_with_themselves_in_it(clerk: Any, clerk_client: Client) -> None:
    path = page("group", "add")
    data = form_of(clerk_client.get(path)) | {"name": "administrators"}
    member = "auth_memberships-0-user"
    assert clerk_client.post(path, data | {member: clerk.pk}).status_code == 200
    assert not Group.objects.exists()


@pytest.mark.parametrize("where", ["group", "user"])
def test_nobody_puts_themselves_into_a_group_within_another_page(
    where: str, clerk: Any, clerk_client: Client, make_group: Callable[..., Any]
) -> None:
    group = make_group("administrators")
    path = page(where, "change", {"group": group, "user": clerk}[where].pk)
    data = form_of(clerk_client.get(path))
    chosen = {"auth_memberships-0-user": clerk.pk, "auth_memberships-0-group": group.pk}
    assert clerk_client.post(path, data | chosen).status_code == 200
    assert not Membership.objects.exists()


@pytest.mark.parametrize("visitor", ["clerk_client", "root_client"])
@pytest.mark.parametrize("how", ["page", "list"])
def test_a_group_is_not_deleted_that_somebody_above_is_in(
    how: str,
    visitor: str,
    boss: Any,
    make_group: Callable[..., Any],
    request: pytest.FixtureRequest,
) -> None:
    client, group = request.getfixturevalue(visitor), make_group("plain", boss)
    status = delete(client, how, group)
    assert status == (302 if visitor == "root_client" else 403)
    assert Group.objects.filter(pk=group.pk).exists() == (status == 403)


@pytest.mark.parametrize("how", ["page", "list"])
def test_a_group_with_many_members_is_deleted_by_a_superuser(
    how: str,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    clerk: Any,
    clerk_client: Client,
    root_client: Client,
) -> None:
    most = deletion.MOST_MEMBERS
    group = make_group("many", clerk, *[make_user() for _ in range(most)])
    assert delete(clerk_client, how, group) == 403
    assert delete(root_client, how, group) == 302
    group = make_group("many", clerk, *User.objects.filter(is_staff=False)[: most - 1])
    assert delete(clerk_client, how, group) == 302
    assert not Group.objects.exists()


def test_a_right_that_many_have_is_asked_about_once(
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    clerk: Any,
    clerk_client: Client,
) -> None:
    rights = make_group("rights", clerk)
    for number in range(10):
        Permission.objects.add(rights, f"right {number}")
    costs = []
    for many in (2, 12):
        group = make_group(f"of {many}", *[make_user() for _ in range(many)])
        for member in group.users.all():
            Membership.objects.add(rights, member)
        with CaptureQueriesContext(connection) as queries:
            assert clerk_client.get(page("group", "delete", group.pk)).status_code == 200
        costs.append(len(queries))
    # The memberships and the grants of each member.
    assert costs[1] - costs[0] <= 2 * 10


def delete(client: Client, how: str, row: Any) -> int:
    """Delete a group or tag on its page or in the list."""
    model = row._meta.model_name
    if how == "page":
        return client.post(page(model, "delete", row.pk), {"post": "yes"}).status_code
    data = {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"}
    return client.post(page(model), data).status_code


# Tags


@pytest.fixture
def taggable(root: Any, clerk: Any, boss: Any, user: Any, make_group: Any) -> dict[str, Any]:
    """What is to be tagged, by what the tests call it."""
    return {
        "superuser": root,
        "oneself": clerk,
        "boss": boss,
        "bosses": Group.objects.get(name="bosses"),
        "person": user,
        "group": make_group("plain"),
    }


WHAT = ["superuser", "oneself", "boss", "bosses", "person", "group"]


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("visitor", ["clerk_client", "root_client"])
def test_tags_are_put_on_and_taken_off_by_ranks(
    visitor: str, what: str, taggable: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    client, tagged = request.getfixturevalue(visitor), taggable[what]
    may = visitor == "root_client" or what in {"person", "group"}
    data = {
        "namespace": "teams",
        "path": "new",
        "content_type": ContentType.objects.get_for_model(tagged).pk,
        "record": str(tagged.pk),
    }
    client.post(page("tag", "add"), data)
    assert Tag.objects.filter(path="new").exists() == may
    for how in ("page", "list"):
        tag = Tag.objects.add("teams", tagged, "old")
        assert (delete(client, how, tag) == 302) == may
        assert Tag.objects.filter(pk=tag.pk).exists() != may


def test_a_tag_whose_record_is_gone_is_taken_off(
    make_group: Callable[..., Any], clerk_client: Client
) -> None:
    group = make_group("plain")
    tag = Tag.objects.add("teams", group, "old")
    Group._base_manager.filter(pk=group.pk)._raw_delete("default")
    assert delete(clerk_client, "page", tag) == 302
    assert not Tag.objects.exists()
