"""What an explanation says: every path to a yes and its end, and what a no would have needed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authkit.models import Group, Membership
from tests.authz.conftest import Twins
from tests.blog.models import Post

pytestmark = pytest.mark.django_db

PAST, SOON, LATE = (datetime(year, 1, 3, 12, tzinfo=UTC) for year in (2020, 2090, 2091))


@pytest.fixture
def post() -> Post:
    return Post.objects.create()


@pytest.mark.parametrize(
    ("of_membership", "of_grant", "ends"),
    [
        (None, None, None),
        (SOON, None, SOON),
        (None, SOON, SOON),
        (SOON, LATE, SOON),
        (LATE, SOON, SOON),
    ],
)
def test_a_reason_ends_when_its_membership_or_its_grant_does(
    auth: Twins, user: Any, group: Group, post: Post, of_membership: Any, of_grant: Any, ends: Any
) -> None:
    grant = auth.add_permission(group, "write", post, expires_at=of_grant)
    membership = auth.add_membership(group, user, expires_at=of_membership)

    for known in (user, user.pk):
        (reason,) = auth.explain("write", post, user=known).because
        found = (reason.group, reason.permission, reason.membership, reason.expires_at)
        assert found == (group, grant, membership, ends)
        until = f" until {ends:%Y-%m-%d %H:%M}" if ends else ""
        assert str(reason) == f"the group writers has 'write' on blog.post {post.pk}{until}"
    (reason,) = auth.explain("write", post, group=group).because
    assert (reason.membership, reason.expires_at) == (None, of_grant)


def test_an_end_is_told_in_the_current_time_zone(auth: Twins, user: Any, group: Group) -> None:
    auth.add_permission(group, "write", expires_at=SOON)

    with timezone.override("Asia/Tokyo"):
        (reason,) = auth.explain("write", user=user).because

    assert str(reason).endswith(" until 2090-01-03 21:00")


def test_a_path_that_ended_is_no_reason(auth: Twins, user: Any, group: Group, post: Post) -> None:
    auth.add_permission(group, "write", post, expires_at=PAST)
    auth.add_permission(group, "write", Post)

    decision = auth.explain("write", post, user=user)

    assert [str(reason) for reason in decision.because] == [
        "the group writers has 'write' on blog.post"
    ]
    assert decision.missing == []


SOMEBODY = "a grant of 'write' to the user"


def test_a_no_names_the_groups_to_join_and_nobodys_own(
    auth: Twins, user: Any, post: Post, make_user: Any, make_group: Any
) -> None:
    none = f"{SOMEBODY} or a group of theirs: no shared group has it there"
    assert auth.explain("write", post, user=user).missing == [none]
    for _ in range(25):
        auth.add_permission(make_user(), "write", post)
    assert auth.explain("write", post, user=user).missing == [none]
    auth.add_permission([make_group("user_friends"), make_group("editors")], "write", Post)
    assert auth.explain("write", post, user=user).missing == [
        f"{SOMEBODY}, or a membership in one of the groups that have it there: "
        "editors, user_friends"
    ]


def test_a_no_names_the_first_twenty_groups(auth: Twins, user: Any, make_group: Any) -> None:
    groups = [make_group(f"group {number:02}") for number in range(30)]
    auth.add_permission(groups, "write")

    (text,) = auth.explain("write", user=user).missing

    assert text.split(": ")[1].split(", ") == [group.name for group in groups[:20]]


@pytest.mark.parametrize(
    ("of_membership", "of_grant", "said"),
    [
        (None, PAST, "the grant of 'write' on blog.post to the group writers: it ended"),
        (PAST, PAST, "the grant of 'write' on blog.post to the group writers: it ended"),
        (PAST, None, "the membership in writers, which has 'write' on blog.post: it ended"),
        (PAST, SOON, "the membership in writers, which has 'write' on blog.post: it ended"),
    ],
)
def test_a_no_tells_what_has_ended(
    auth: Twins, user: Any, group: Group, post: Post, of_membership: Any, of_grant: Any, said: str
) -> None:
    auth.add_permission(group, "write", Post, expires_at=of_grant)
    auth.add_membership(group, user, expires_at=of_membership)

    for known in (user, user.pk):
        decision = auth.explain("write", post, user=known)
        assert not decision
        assert decision.missing[0] == f"{said} 2020-01-03 12:00"
        assert decision.missing[1].startswith(SOMEBODY)
    if of_grant == PAST:
        assert auth.explain("write", post, group="writers").missing == [
            f"{said} 2020-01-03 12:00",
            "a grant of 'write' to the group",
        ]


def test_a_no_tells_who_does_not_exist(auth: Twins, user: Any, group: Group, post: Post) -> None:
    def missing(**holder: Any) -> list[str]:
        assert not auth.explain("write", post, **holder)
        found: list[str] = auth.explain("write", post, **holder).missing
        return found

    assert missing(group="wirters") == ["the group 'wirters': there is none"]
    assert missing(group=77777) == ["the group 77777: there is none"]
    for nobody in (None, Group(name="new")):
        assert missing(group=nobody) == ["a group that is stored"]
    assert missing(group=group) == ["a grant of 'write' to the group"]
    assert missing(user=77777) == ["a user: nobody has the key 77777"]
    user.block()
    for known in (None, user, user.pk):
        assert missing(user=known) == ["an active account"]


def test_a_no_tells_of_a_name_that_no_permission_can_have(auth: Twins, user: Any) -> None:
    for name in ("", "a\0"):
        assert auth.explain(name, user=user).missing == [
            f"a name that a permission can have, not {name!r}"
        ]


def test_an_explanation_is_at_most_five_statements(
    auth: Twins, user: Any, group: Group, post: Post
) -> None:
    def cost(**holder: Any) -> int:
        with CaptureQueriesContext(connection) as queries:
            auth.explain("write", post, **holder)
        return len(queries)

    Membership.objects.add(group, user)
    asked: list[dict[str, Any]] = [{"user": user}, {"user": user.pk}, {"group": "writers"}]
    assert [cost(**holder) for holder in asked] == [3, 4, 3]
    auth.add_permission(group, "write", post, expires_at=PAST)
    assert [cost(**holder) for holder in asked] == [4, 5, 3]
    auth.add_permission(group, "write", post)
    assert [cost(**holder) for holder in asked] == [3, 4, 2]
