"""Memberships on pages of their own, and within those of users."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from authkit import auth
from authkit.models import Membership
from tests.admin.conftest import form_of, page

NEVER = {"expires_at_0": "", "expires_at_1": ""}


def test_the_groups_of_a_user_stand_on_the_page_of_the_user(
    root: Any,
    root_client: Client,
    user: Any,
    make_group: Callable[..., Any],
    new_events: Callable[[], Any],
) -> None:
    group = make_group("editors")
    path = page("user", "change", user.pk)
    data = form_of(root_client.get(path)) | {"auth_memberships-0-group": group.pk}
    new_events()
    assert root_client.post(path, data).status_code == 302
    assert Membership.objects.get().group == group
    assert new_events() == [("membership_add", "success", str(root.pk), str(user.pk))]


def test_expired_memberships_are_shown_as_such(
    root_client: Client, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    live, former = make_user(), make_user()
    group = make_group("editors", live)
    Membership.objects.add(group, former, expires_at=timezone.now() - timedelta(seconds=1))
    response = root_client.get(page("membership"))
    assert [row.user for row in response.context["cl"].result_list] == [former, live]
    assert response.content.count(b"icon-no.svg") == 1
    for expiry, user in (("live", live), ("expired", former)):
        response = root_client.get(page("membership"), {"expiry": expiry})
        assert [row.user for row in response.context["cl"].result_list] == [user]


@pytest.mark.parametrize("text", ["ADA@example.com", "EDITORS", "ada edit"])
def test_a_membership_is_found_by_member_and_group(
    text: str, root_client: Client, make_user: Callable[..., Any], make_group: Any
) -> None:
    make_group("editors", make_user(email="ada@example.com"))
    make_group("readers", make_user())
    response = root_client.get(page("membership"), {"q": text})
    assert response.context["cl"].result_count == 1


def test_a_membership_is_given_once(
    root_client: Client, user: Any, make_group: Callable[..., Any]
) -> None:
    group = make_group("editors", user)
    data = {"user": user.pk, "group": group.pk, **NEVER}
    response = root_client.post(page("membership", "add"), data)
    assert response.context["adminform"].form.errors
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("missing", ["user", "group"])
def test_half_a_membership_is_refused(
    missing: str, root_client: Client, user: Any, make_group: Callable[..., Any]
) -> None:
    data = {"user": user.pk, "group": make_group().pk, **NEVER} | {missing: ""}
    response = root_client.post(page("membership", "add"), data)
    assert list(response.context["adminform"].form.errors) == [missing]


def test_deleting_some_records_each_one(
    root: Any,
    root_client: Client,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    new_events: Callable[[], Any],
) -> None:
    users = [make_user(), make_user()]
    make_group("editors", *users)
    new_events()
    chosen = [row.pk for row in Membership.objects.all()]
    data = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    root_client.post(page("membership"), data)
    assert sorted(new_events()) == sorted(
        ("membership_remove", "success", str(root.pk), str(user.pk)) for user in users
    )


def test_the_same_saved_twice_at_once_is_told_and_not_a_crash(
    root_client: Client, user: Any, make_group: Callable[..., Any], monkeypatch: Any
) -> None:
    group = make_group("editors", user)
    # The other request's row comes after this one's own look.
    monkeypatch.setattr("authkit.models.Membership.validate_constraints", lambda *a, **k: None)
    data = {"user": user.pk, "group": group.pk, **NEVER}
    response = root_client.post(page("membership", "add"), data, follow=True)
    assert response.status_code == 200
    assert [str(message) for message in response.context["messages"]] == [
        "The same has just been saved by somebody else. Nothing was changed."
    ]


@pytest.mark.parametrize("where", ["membership", "group", "user"])
def test_nobody_is_put_into_the_own_group_of_somebody_else(
    where: str, root_client: Client, user: Any, make_user: Callable[..., Any]
) -> None:
    other = make_user()
    auth.add_permission(user, "write")
    own = user.auth_own_group
    chosen = {"user": other.pk, "group": own.pk}
    path = page(where, "add") if where == "membership" else page(where, "change", chosen[where])
    prefix = {"membership": "", "group": "auth_memberships-1-", "user": "auth_memberships-0-"}
    data = {f"{prefix[where]}{name}": str(value) for name, value in chosen.items()}
    response = root_client.post(path, form_of(root_client.get(path)) | data)

    assert "This group is the own group of somebody else." in response.content.decode()
    assert [*own.users.all()] == [user]
