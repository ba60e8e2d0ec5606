"""Below superusers nobody makes a right last for longer than they hold it themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from authkit import auth
from authkit.admin.ranks import holds, may_hand_out, may_manage
from authkit.models import Group, Membership, Permission
from tests.admin.backend import GRANTED
from tests.admin.conftest import form_of, page

NOW = timezone.now().replace(microsecond=0)  # a form sends no fraction of a second
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
ENDS = [SOON - timedelta(minutes=1), SOON, LATER, None]


def moment(end: datetime | None) -> dict[str, str]:
    """The two inputs of an end."""
    local = end and timezone.localtime(end)
    return {
        "expires_at_0": local.strftime("%Y-%m-%d") if local else "",
        "expires_at_1": local.strftime("%H:%M:%S") if local else "",
    }


@pytest.fixture(params=["membership", "grant"])
def temps(request: pytest.FixtureRequest, make_group: Callable[..., Any], clerk: Any) -> Any:
    """A group by which the clerk may publish for an hour: one or the other ends."""
    group = make_group("temps")
    member, grant = (SOON, None) if request.param == "membership" else (None, SOON)
    Membership.objects.add(group, clerk, expires_at=member)
    Permission.objects.add(group, "publish", expires_at=grant)
    return group


@pytest.mark.parametrize("end", ENDS)
def test_a_right_is_granted_for_no_longer_than_it_is_held(
    end: datetime | None, temps: Group, make_group: Callable[..., Any], clerk_client: Client
) -> None:
    group = make_group("others")
    data = {"group": group.pk, "name": "publish", **moment(end)}
    clerk_client.post(page("permission", "add"), data)
    found = [grant.expires_at for grant in group.auth_permissions.all()]
    assert found == ([] if end in (LATER, None) else [end])


@pytest.mark.parametrize("end", ENDS)
def test_a_grant_is_prolonged_to_no_later_than_it_is_held(
    end: datetime | None, temps: Group, make_group: Callable[..., Any], clerk_client: Client
) -> None:
    grant = Permission.objects.add(make_group("others"), "publish", expires_at=SOON)
    clerk_client.post(page("permission", "change", grant.pk), moment(end))
    grant.refresh_from_db()
    assert grant.expires_at == (SOON if end in (LATER, None) else end)


@pytest.fixture
def temporary(make_group: Callable[..., Any], clerk: Any) -> Group:
    """A group, without a grant, that the clerk is in for an hour."""
    group: Group = make_group("temporary")
    Membership.objects.add(group, clerk, expires_at=SOON)
    return group


@pytest.mark.parametrize("end", ENDS)
def test_a_membership_is_given_for_no_longer_than_one_has_it(
    end: datetime | None, temporary: Group, user: Any, clerk_client: Client
) -> None:
    data = {"user": user.pk, "group": temporary.pk, **moment(end)}
    clerk_client.post(page("membership", "add"), data)
    found = [row.expires_at for row in temporary.auth_memberships.filter(user=user)]
    assert found == ([] if end in (LATER, None) else [end])


@pytest.mark.parametrize("where", ["membership", "group", "user"])
@pytest.mark.parametrize("who", ["clerk", "user"])
def test_a_membership_is_prolonged_on_no_page(
    where: str, who: str, temporary: Group, request: pytest.FixtureRequest, clerk_client: Client
) -> None:
    member = request.getfixturevalue(who)
    row = Membership.objects.add(temporary, member, expires_at=SOON)
    path = page(where, "change", {"membership": row, "group": temporary, "user": member}[where].pk)
    data = form_of(clerk_client.get(path))
    cleared = {
        name: "" if "expires_at" in name and "permissions" not in name else value
        for name, value in data.items()
    }
    assert cleared != data
    assert clerk_client.post(path, cleared).status_code == 200
    row.refresh_from_db()
    assert row.expires_at == SOON


def test_the_own_grant_is_not_prolonged(
    make_group: Callable[..., Any], clerk: Any, clerk_client: Client
) -> None:
    grant = Permission.objects.add(make_group("temps", clerk), "publish", expires_at=SOON)
    clerk_client.post(page("permission", "change", grant.pk), moment(None))
    grant.refresh_from_db()
    assert grant.expires_at == SOON


def test_a_page_is_saved_where_what_ends_stays_as_it_is(temps: Group, clerk_client: Client) -> None:
    path = page("group", "change", temps.pk)
    data = form_of(clerk_client.get(path)) | {"description": "new"}
    assert clerk_client.post(path, data).status_code == 302
    assert Group.objects.get(pk=temps.pk).description == "new"


def test_what_is_held_for_a_time_may_be_taken_back(temps: Group, clerk_client: Client) -> None:
    grant = temps.auth_permissions.get()
    path = page("permission", "delete", grant.pk)
    assert clerk_client.post(path, {"post": "yes"}).status_code == 302
    assert not Permission.objects.exists()


def test_another_way_that_lasts_counts(
    temps: Group, make_group: Callable[..., Any], clerk: Any
) -> None:
    grant = temps.auth_permissions.get()
    assert (holds(clerk, grant), holds(clerk, grant, SOON)) == (False, True)
    Permission.objects.add(make_group("for good", clerk), "publish")
    assert holds(clerk, grant)


def test_only_the_membership_itself_counts_for_handing_it_out(
    temporary: Group, make_group: Callable[..., Any], clerk: Any
) -> None:
    GRANTED[clerk.pk].add("publish")
    publishers = make_group("publishers")
    Permission.objects.add(publishers, "publish")
    assert [may_hand_out(clerk, publishers, end) for end in ENDS] == [False] * 4
    assert [may_hand_out(clerk, temporary, end) for end in ENDS] == [True, True, False, False]


@pytest.mark.parametrize("end", ENDS)
def test_nobody_manages_who_is_in_a_group_for_longer(
    end: datetime | None, temporary: Group, clerk: Any, user: Any
) -> None:
    """Whoever changes an address takes over the account."""
    Membership.objects.add(temporary, user, expires_at=end)
    assert may_manage(clerk, user) == (end not in (LATER, None))


@pytest.mark.parametrize("end", ENDS)
def test_nobody_manages_who_was_given_a_right_for_longer(
    end: datetime | None, temps: Group, clerk: Any, user: Any
) -> None:
    auth.add_permission(user, "publish", expires_at=end)
    assert may_manage(clerk, user) == (end not in (LATER, None))


def test_nobody_manages_who_has_for_good_from_a_backend_what_they_hold_for_a_time(
    temps: Group, clerk: Any, user: Any
) -> None:
    GRANTED[user.pk] = {"publish"}
    assert not may_manage(clerk, user)
    Permission.objects.add(temps, "publish")
    Membership.objects.add(temps, clerk)
    assert may_manage(clerk, user)


@pytest.mark.parametrize(
    ("zone", "day"), [("America/New_York", "9999-12-31"), ("Europe/Berlin", "0001-01-01")]
)
@pytest.mark.parametrize("model", ["membership", "permission"])
def test_an_end_beyond_the_calendar_is_an_error_of_the_form(
    zone: str,
    day: str,
    model: str,
    rows: Any,
    clerk_client: Client,
    root_client: Client,
    make_user: Callable[..., Any],
) -> None:
    time = {"expires_at_0": day, "expires_at_1": "23:59:59" if day > "2" else "00:00:00"}
    data = {"user": make_user().pk, "group": rows.group.pk, "name": "x", **time}
    change = page(model, "change", getattr(rows, model).pk)
    with timezone.override(zone):
        for client, url in ((clerk_client, page(model, "add")), (root_client, change)):
            response = client.post(url, data)
            errors = response.context["adminform"].form.errors
            assert "Choose a year from 1900 to 9998." in errors["expires_at"]
    assert Membership.objects.count() == Permission.objects.count() == 1
