"""Groups, memberships, permissions, tags and events of users of django.contrib.auth."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from authkit.models import Event, Group, Membership, Permission, Tag

pytestmark = pytest.mark.django_db


def test_authorization_lives_on_any_user() -> None:
    user, group = User.objects.create_user("ann"), Group.objects.create_group("editors")

    membership = Membership.objects.add(group, user)
    for target in (None, User, user):
        Permission.objects.add(group, "read", target)
    Tag.objects.add("topics", user, "a")

    assert list(user.auth_memberships.all()) == [membership]
    assert list(group.users.all()) == [user]
    assert [event.name for event in user.auth_events.all()] == ["membership_add"]
    assert [str(grant) for grant in group.auth_permissions.order_by("pk")] == [
        "editors: read",
        "editors: read auth.user",
        f"editors: read auth.user {user.pk}",
    ]


def test_memberships_go_with_the_user_and_events_stay() -> None:
    user, group = User.objects.create_user("ann"), Group.objects.create_group("editors")
    Membership.objects.add(group, user)
    key = str(user.pk)

    user.delete()

    assert not Membership.objects.exists()
    assert Event.objects.get(user_key=key).user is None
