"""Groups, with their members and permissions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from authkit import auth
from authkit.admin.rows import MOST_ROWS
from authkit.models import Group, Membership, Permission
from tests.admin.backend import ALL, GRANTED
from tests.admin.conftest import form_of, page

User = get_user_model()


def post(client: Client, group: Any, **values: Any) -> Any:
    path = page("group", "change", group.pk)
    return client.post(path, form_of(client.get(path)) | values)


def test_members_and_permissions_are_added_within_the_group(
    root: Any,
    root_client: Client,
    user: Any,
    make_group: Callable[..., Any],
    new_events: Callable[[], Any],
) -> None:
    group = make_group("editors")
    new_events()
    values = {
        "auth_memberships-0-user": user.pk,
        "auth_memberships-0-expires_at_0": "2099-01-01",
        "auth_memberships-0-expires_at_1": "00:00",
        "auth_permissions-0-name": "write",
        "auth_permissions-0-content_type": ContentType.objects.get_for_model(User).pk,
        "auth_permissions-0-record": str(user.pk),
    }
    assert post(root_client, group, **values).status_code == 302
    membership, permission = Membership.objects.get(), Permission.objects.get()
    assert (membership.user, membership.expires_at.year) == (user, 2099)
    assert (permission.name, permission.object_id) == ("write", user.pk)
    assert new_events() == [
        ("membership_add", "success", str(root.pk), str(user.pk)),
        ("permission_add", "success", str(root.pk), ""),
    ]


def test_a_membership_is_prolonged_and_ended_within_the_group(
    root: Any,
    root_client: Client,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    new_events: Callable[[], Any],
) -> None:
    first, second = make_user(), make_user()
    group = make_group("editors", first, second)
    new_events()
    values = {
        "auth_memberships-0-expires_at_0": "2099-01-01",
        "auth_memberships-0-expires_at_1": "00:00",
        "auth_memberships-1-DELETE": "on",
    }
    assert post(root_client, group, **values).status_code == 302
    membership = Membership.objects.get()
    assert (membership.user, membership.expires_at.year) == (first, 2099)
    assert sorted(new_events()) == [
        ("membership_remove", "success", str(root.pk), str(second.pk)),
        ("membership_update", "success", str(root.pk), str(first.pk)),
    ]


def test_a_group_is_made_with_its_members(
    root_client: Client, user: Any, new_events: Callable[[], Any]
) -> None:
    path = page("group", "add")
    data = form_of(root_client.get(path)) | {
        "name": "editors",
        "auth_memberships-0-user": user.pk,
        "auth_permissions-0-name": "publish",
    }
    assert root_client.post(path, data).status_code == 302
    group = Group.objects.get(name="editors")
    assert group.auth_memberships.get().user == user
    assert group.auth_permissions.get().name == "publish"


def test_a_name_is_taken_once(root_client: Client, make_group: Callable[..., Any]) -> None:
    make_group("editors")
    path = page("group", "add")
    data = form_of(root_client.get(path)) | {"name": "editors"}
    assert root_client.post(path, data).context["adminform"].form.errors


def test_the_list_counts_what_is_in_force(
    root_client: Client, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    group = make_group("editors", make_user(), make_user())
    past = timezone.now() - timedelta(days=1)
    Membership.objects.add(group, make_user(), expires_at=past)
    for name in ("read", "write", "publish"):
        Permission.objects.add(group, name)
    Permission.objects.add(group, "delete", expires_at=past)
    (listed,) = root_client.get(page("group")).context["cl"].result_list
    assert (listed.member_count, listed.permission_count) == (2, 3)


@pytest.mark.parametrize("members", [1, MOST_ROWS, MOST_ROWS + 1])
def test_a_large_group_has_a_list_instead_of_rows(
    members: int, root_client: Client, make_user: Callable[..., Any], make_group: Any
) -> None:
    group = make_group("many", *[make_user(password=None) for _ in range(members)])
    response = root_client.get(page("group", "change", group.pk))
    names = [inline.opts.verbose_name for inline in response.context["inline_admin_formsets"]]
    assert names == (["member", "permission"] if members <= MOST_ROWS else ["permission"])
    link = f"{page('membership')}?group={group.pk}"
    assert link in response.content.decode()
    assert root_client.get(link).context["cl"].result_count == members


def test_a_page_costs_the_same_with_few_rows_and_many(
    root_client: Client,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    django_assert_num_queries: Any,
) -> None:
    small, large = make_group("small", make_user()), make_group("large")
    Permission.objects.add(small, "write", User)
    for number in range(20):
        Membership.objects.add(large, make_user(password=None))
        Permission.objects.add(large, f"write{number}", User)
    root_client.get(page("group", "change", small.pk))  # what is remembered for good
    for group in (small, large):
        with django_assert_num_queries(9):
            root_client.get(page("group", "change", group.pk))


@pytest.mark.parametrize("members", [1, 100])
def test_what_goes_with_a_group_is_told_in_numbers(
    members: int,
    root_client: Client,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    django_assert_num_queries: Any,
) -> None:
    group = make_group("many", *[make_user(password=None) for _ in range(members)])
    Permission.objects.add(group, "write")
    path = page("group", "delete", group.pk)
    # Session, visitor, group and the two numbers; whether anything points at groups, and for that,
    # once in a process, their content type.
    with django_assert_num_queries(8):
        response = root_client.get(path)
    counts = {str(name): count for name, count in response.context["model_count"]}
    assert counts == {"groups": 1, "memberships": members, "permissions": 1}
    root_client.post(path, {"post": "yes"})
    assert not Membership.objects.exists()


@pytest.mark.parametrize("missing", ["delete_group", "delete_membership", "delete_permission"])
def test_a_group_goes_only_with_every_right_over_what_goes_with_it(
    missing: str,
    clerk: Any,
    clerk_client: Client,
    user: Any,
    make_group: Callable[..., Any],
) -> None:
    group = make_group("many", user, clerk)
    Permission.objects.add(group, "view", User)
    GRANTED[clerk.pk] = ALL - {f"authkit.{missing}"}
    path = page("group", "delete", group.pk)
    assert clerk_client.post(path, {"post": "yes"}).status_code == 403
    GRANTED[clerk.pk] = set(ALL)
    assert clerk_client.post(path, {"post": "yes"}).status_code == 302
    assert not Group.objects.exists()


def test_an_own_group_goes_with_its_user_without_the_right_to_delete_groups(
    make_staff: Any, client_for: Callable[[Any], Client], user: Any
) -> None:
    auth.add_permission(user, "write", user)
    rights = [f"{verb}_user" for verb in ("view", "delete")]
    staff = make_staff(*rights, "delete_membership", "delete_permission", is_superuser=False)
    for name in ("write", "view"):
        auth.add_permission(staff, name, user)
    client = client_for(staff)

    client.post(page("group", "delete", user.auth_own_group.pk), {"post": "yes"})
    assert Group.objects.filter(owner=user).exists()
    client.post(page("user", "delete", user.pk), {"post": "yes"})

    assert not Group.objects.filter(owner=user.pk).exists()
