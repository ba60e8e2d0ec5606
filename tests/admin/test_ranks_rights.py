"""Who may hand out a right, or touch what holds it."""

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
from authkit.admin.ranks import holds, may_hand_out, may_manage, may_touch
from authkit.models import Membership, Permission
from tests.admin.backend import ALL, GRANTED
from tests.admin.conftest import page

User = get_user_model()


@pytest.fixture
def powers(make_group: Callable[..., Any]) -> Any:
    """A group with a right that the clerk has not."""
    group = make_group("powers")
    Permission.objects.add(group, "publish")
    return group


def test_nobody_is_put_into_a_group_above_one(
    powers: Any, clerk: Any, clerk_client: Client, user: Any
) -> None:
    for member in (clerk, user):
        data = {"user": member.pk, "group": powers.pk, "expires_at_0": "", "expires_at_1": ""}
        response = clerk_client.post(page("membership", "add"), data)
        assert response.context["adminform"].form.non_field_errors().data[0].code == "not_allowed"
    assert not Membership.objects.exists()


def test_a_right_is_given_by_whom_has_it(clerk: Any, clerk_client: Client, powers: Any) -> None:
    data = {"group": powers.pk, "name": "publish_more", "expires_at_0": "", "expires_at_1": ""}
    clerk_client.post(page("permission", "add"), data)
    assert not Permission.objects.filter(name="publish_more").exists()
    GRANTED[clerk.pk] = {*ALL, "publish_more"}
    clerk_client.post(page("permission", "add"), data)
    assert Permission.objects.filter(name="publish_more").exists()


def test_what_one_holds_by_a_group_may_be_handed_out(
    clerk: Any, user: Any, powers: Any, make_group: Callable[..., Any]
) -> None:
    models = make_group("models", clerk)
    Permission.objects.add(models, "write", User)
    on_one = Permission.objects.add(make_group("records"), "write", user)
    capability = Permission.objects.add(make_group("capability"), "write")
    assert holds(clerk, on_one)
    assert not holds(clerk, capability)
    assert may_hand_out(clerk, models)
    assert not may_hand_out(clerk, powers)
    assert may_touch(clerk, on_one.group)
    assert not may_touch(clerk, capability.group)


def test_what_has_expired_counts_for_neither(
    clerk: Any, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    mine, other = make_group("mine"), make_group("other")
    Membership.objects.add(mine, clerk, expires_at=past)
    grant = Permission.objects.add(mine, "publish")
    assert not holds(clerk, grant)
    Permission.objects.add(other, "publish", expires_at=past)
    assert may_touch(clerk, other)
    assert not may_hand_out(clerk, mine, past)
    colleague = make_user(is_staff=True)
    Membership.objects.add(mine, colleague, expires_at=past)
    assert may_manage(clerk, colleague)


def test_a_backend_answers_for_a_grant_as_django_spells_it(
    clerk: Any, make_group: Callable[..., Any], user: Any
) -> None:
    grant = Permission.objects.add(make_group(), "change", user)
    assert ContentType.objects.get_for_model(User) == grant.content_type
    assert holds(clerk, grant)


def test_nobody_manages_a_member_of_a_group_with_a_right_that_they_lack(
    make_user: Callable[..., Any], make_staff: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    payer = make_user()
    Permission.objects.add(make_group("payers", payer), "pay")

    assert not may_manage(make_staff("change_user"), payer)


@pytest.mark.parametrize("how", ["removed", "ended"])
def test_who_is_out_of_their_own_group_ranks_as_if_they_were_in_it(
    how: str, clerk: Any, user: Any
) -> None:
    assert may_manage(clerk, user)
    auth.add_permission(user, "root")
    if how == "removed":
        auth.remove_membership(user.auth_own_group, user)
    else:
        auth.add_membership(user.auth_own_group, user, expires_at=timezone.now())

    assert not may_manage(clerk, user)
