"""No end is so near to those of the calendar that a time zone pushes it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from authkit import auth
from authkit.models import Event, Group, Membership, Permission
from tests.blog.models import Post

WEST, EAST = timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))
REFUSED = [
    datetime.max.replace(tzinfo=WEST),
    datetime.min.replace(tzinfo=EAST),
    datetime.max.replace(tzinfo=UTC),
    datetime(9999, 1, 1, tzinfo=UTC),
    datetime(1899, 12, 31, tzinfo=UTC),
]
TAKEN = [
    datetime(9998, 12, 31, 23, 59, 59, tzinfo=WEST),
    datetime(1900, 1, 1, tzinfo=EAST),
]

WAYS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add_membership": lambda g, u, end: auth.add_membership(g, u, expires_at=end),
    "add_permission": lambda g, u, end: auth.add_permission(g, "read", expires_at=end),
    "add_permissions": lambda g, u, end: auth.add_permission(g, ["a", "b"], Post, expires_at=end),
    "group.users": lambda g, u, end: g.users.add(u, expires_at=end),
    "user.auth_groups": lambda g, u, end: u.auth_groups.set([g], expires_at=end),
    "auth_permissions": lambda g, u, end: g.auth_permissions.add("read", expires_at=end),
    "save": lambda g, u, end: Membership(user=u, group=g, expires_at=end).save(),
    "bulk_create": lambda g, u, end: Membership.objects.bulk_create(
        [Membership(user=u, group=g, expires_at=end)]
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("end", REFUSED, ids=str)
def test_an_end_beyond_the_calendar_is_refused(
    way: str, end: datetime, user: Any, make_group: Callable[..., Group]
) -> None:
    group = make_group()
    with pytest.raises(ValidationError, match="Choose a year from 1900 to 9998"):
        WAYS[way](group, user, end)
    assert not Membership.objects.exists()
    assert not Permission.objects.exists()


@pytest.mark.parametrize("end", REFUSED, ids=str)
def test_no_row_is_brought_to_such_an_end(
    end: datetime, user: Any, make_group: Callable[..., Group]
) -> None:
    row = auth.add_membership(make_group(), user)
    row.expires_at = end
    for write in (
        row.save,
        lambda: Membership.objects.update(expires_at=end),
        lambda: Membership.objects.bulk_update([row], ["expires_at"]),
        lambda: auth.add_membership(row.group, user, expires_at=end),
    ):
        with pytest.raises(ValidationError):
            write()
    assert Membership.objects.get().expires_at is None


@pytest.mark.parametrize("end", TAKEN, ids=str)
def test_the_last_ends_are_read_and_shown_in_every_zone(
    end: datetime, user: Any, make_group: Callable[..., Group]
) -> None:
    auth.add_membership(make_group("team"), user, expires_at=end)
    read = Membership.objects.get().expires_at
    assert read == end
    assert read.astimezone(WEST) == read.astimezone(EAST) == end
    assert auth.has_membership("team", user=user) is (end.year > 2000)


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_file_with_such_an_end_has_a_fault(end: str, tmp_path: Any, db: None) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(f'[[groups]]\nname = "g"\ngrants = [{{name = "w", expires_at = {end}}}]')
    with pytest.raises(CommandError, match=r"grants\[1\]: Choose a year from 1900 to 9998"):
        call_command("authkit_sync", str(path))


# What raw SQL has written


@pytest.fixture
def endless(user: Any, make_group: Callable[..., Group]) -> Group:
    """A group whose member and grant end after all that Python can hold."""
    group = make_group("team", user)
    auth.add_permission(group, "write", Post)
    with connection.cursor() as cursor:
        for model in (Membership, Permission):
            cursor.execute(
                f"UPDATE {model._meta.db_table} SET expires_at = '10000-01-01 04:59:59+00'"
            )
    return group


@pytest.mark.database("postgresql")
@pytest.mark.parametrize(
    "revoke",
    [
        lambda group, user: auth.remove_membership(group, user),
        lambda group, user: group.users.remove(user),
        lambda group, user: user.auth_groups.clear(),
        lambda group, user: auth.remove_permission(group, "write", Post),
        lambda group, user: group.auth_permissions.clear(),
        lambda group, user: auth.delete_group(group),
        lambda group, user: user.delete(),
    ],
)
def test_a_right_can_be_taken_back_whatever_its_end(
    revoke: Callable[[Any, Any], Any], endless: Group, user: Any
) -> None:
    pk = user.pk
    assert auth.has_permission("write", Post, user=pk)
    revoke(endless, user)
    assert not auth.has_permission("write", Post, user=pk)


def test_the_event_of_a_revoke_tells_what_was_revoked(
    user: Any, make_group: Callable[..., Group]
) -> None:
    group = make_group("team", user)
    auth.remove_membership(group, user)
    assert Event.objects.get(name="membership_remove").data == {
        "user": str(user.pk),
        "group": str(group.pk),
    }
