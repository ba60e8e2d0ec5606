"""Who is in a group is told to those who may view users; the others see keys."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from authkit.models import Membership
from tests.admin.backend import GRANTED
from tests.admin.conftest import form_of, page

RIGHTS = ("membership", "group", "permission")


@pytest.fixture
def visitor(make_staff: Callable[..., Any]) -> Any:
    """A staff member who may do everything with groups, and nothing with users."""
    does = ("view", "add", "change", "delete")
    return make_staff(*(f"{verb}_{model}" for verb in does for model in RIGHTS))


@pytest.fixture
def team(visitor: Any, root_client: Client, make_user: Any, make_group: Any) -> SimpleNamespace:
    """A group to which a superuser has added somebody on its page."""
    user = make_user(email="ada@example.com", username="lovelace")
    group = make_group("team", visitor)
    path = page("group", "change", group.pk)
    data = form_of(root_client.get(path)) | {"auth_memberships-1-user": user.pk}
    assert root_client.post(path, data).status_code == 302
    return SimpleNamespace(user=user, group=group, row=Membership.objects.get(user=user))


def pages(team: SimpleNamespace) -> list[str]:
    """Every page that is about the membership."""
    names = ("change", "history", "delete")
    return [
        page("membership"),
        *(page("membership", name, team.row.pk) for name in names),
        *(page("group", name, team.group.pk) for name in names),
    ]


def text_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("rights", ["all", "view"])
def test_members_are_keys_to_those_who_may_not_view_users(
    rights: str, team: SimpleNamespace, visitor: Any, client_for: Callable[[Any], Client]
) -> None:
    shown = pages(team)
    if rights == "view":
        GRANTED[visitor.pk] = {f"authkit.view_{model}" for model in RIGHTS}
        shown = [path for path in shown if not path.endswith("/delete/")]
    client = client_for(visitor)

    assert client.get(page("user")).status_code == 403
    for path in shown:
        text = text_of(client, path)
        assert "ada@example.com" not in text, path
        assert "lovelace" not in text, path
    assert f">{team.user.pk}</" in text_of(client, page("membership"))
    assert f"{team.user.pk} · team" in text_of(client, page("group", "change", team.group.pk))
    assert "Added membership “…”." in text_of(client, page("group", "history", team.group.pk))


def test_members_are_named_to_those_who_may_view_users(
    team: SimpleNamespace, visitor: Any, client_for: Callable[[Any], Client]
) -> None:
    GRANTED[visitor.pk].add("authkit.view_user")

    for path in pages(team)[:-1]:  # what goes with a group are numbers
        assert "ada@example.com" in text_of(client_for(visitor), path), path


@pytest.mark.parametrize("asked", ["ada@exam", "ADA", "lovelace"])
def test_members_are_found_by_those_who_may_view_users(
    asked: str, team: SimpleNamespace, visitor: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(visitor)

    def found(text: str) -> int:
        count: int = client.get(page("membership"), {"q": text}).context["cl"].result_count
        return count

    assert (found(asked), found("team")) == (0, 2)
    assert "Address, user name" not in text_of(client, page("membership"))
    GRANTED[visitor.pk].add("authkit.view_user")
    assert (found(asked), found("team")) == (1, 2)


def test_the_selected_are_deleted_by_their_keys(
    team: SimpleNamespace, visitor: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(visitor)
    data = {"action": "delete_selected", "_selected_action": team.row.pk}

    text = client.post(page("membership"), data).content.decode()
    response = client.post(page("membership"), data | {"post": "yes"}, follow=True)

    assert f"{team.user.pk} · team" in text
    assert "ada@example.com" not in text + response.content.decode()
    assert not Membership.objects.filter(pk=team.row.pk).exists()


def test_an_end_is_changed_by_those_who_may_not_view_users(
    team: SimpleNamespace, visitor: Any, client_for: Callable[[Any], Client]
) -> None:
    client, path = client_for(visitor), page("membership", "change", team.row.pk)
    data = form_of(client.get(path))

    ends = {"expires_at_0": "2040-01-01", "expires_at_1": "00:00"}
    response = client.post(path, data | ends, follow=True)

    assert "ada@example.com" not in response.content.decode()
    assert Membership.objects.get(pk=team.row.pk).expires_at is not None
