"""Accounts are found, deleted, and shown without what is secret."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from authkit.models import Membership
from tests.admin.conftest import page

User = get_user_model()


def test_deleting_records_each_one(
    root: Any, root_client: Client, make_user: Callable[..., Any], new_events: Callable[[], Any]
) -> None:
    users = [make_user() for _ in range(3)]
    new_events()
    root_client.post(page("user", "delete", users[0].pk), {"post": "yes"})
    data = {
        "action": "delete_selected",
        "_selected_action": [user.pk for user in users[1:]],
        "post": "yes",
    }
    root_client.post(page("user"), data)
    assert sorted(new_events()) == sorted(
        ("user_delete", "success", str(root.pk), str(user.pk)) for user in users
    )


@pytest.mark.parametrize(
    "text",
    [
        "STRASSE@EXAMPLE.COM",
        "straße",
        "Ｓtrasse",
        "Weiß",
        "WEISS",
        "weiss example",
        "Änn",
        '"von Groß"',
    ],
)
def test_a_user_is_found_in_any_spelling(
    text: str, root_client: Client, make_user: Callable[..., Any], settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "UNICODE_USERNAMES": True}
    user = make_user(
        email="straße@example.com", username="Weiß", first_name="Änne", last_name="von Groß"
    )
    make_user()
    assert list(root_client.get(page("user"), {"q": text}).context["cl"].result_list) == [user]


def test_the_list_is_filtered_by_group_and_status(
    root_client: Client, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    member, former, other = make_user(), make_user(), make_user()
    group = make_group("editors", member)
    Membership.objects.add(group, former, expires_at=timezone.now() - timedelta(days=1))
    User.objects.block(other)
    listed = root_client.get(page("user"), {"group": group.pk}).context["cl"].result_list
    assert list(listed) == [member]
    listed = root_client.get(page("user"), {"status__exact": "blocked"}).context["cl"].result_list
    assert list(listed) == [other]


def test_three_hundred_groups_make_no_three_hundred_links(
    root_client: Client, make_group: Callable[..., Any]
) -> None:
    for _ in range(300):
        make_group()
    assert b"group299" not in root_client.get(page("user")).content


def test_pages_are_of_fifty(root_client: Client, make_user: Callable[..., Any]) -> None:
    for _ in range(60):
        make_user(password=None)
    changelist = root_client.get(page("user"), {"p": 2}).context["cl"]
    assert (len(changelist.result_list), changelist.result_count) == (11, 61)


@pytest.mark.parametrize("name", ["changelist", "change", "history", "delete"])
@pytest.mark.parametrize("visitor", ["root", "clerk", "reader"])
def test_no_page_shows_hash_key_or_version(
    name: str,
    visitor: str,
    request: pytest.FixtureRequest,
    make_user: Callable[..., Any],
    make_staff: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    user = make_user(email="straße@example.com")
    reader = make_staff("view_user") if visitor == "reader" else request.getfixturevalue(visitor)
    path = page("user", name, None if name == "changelist" else user.pk)
    body = client_for(reader).get(path).content.decode()
    for secret in (user.password, "argon2", "strasse", "version", "blocked_from", "email_key"):
        assert secret not in body


@pytest.mark.parametrize("lookup", ["user__password__startswith", "user__version"])
def test_hidden_columns_cannot_be_guessed_from_the_memberships(
    lookup: str, root_client: Client
) -> None:
    assert root_client.get(page("membership"), {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("lookup", ["password__startswith", "version", "email_key", "username_key"])
def test_hidden_columns_cannot_be_guessed_by_filtering(
    lookup: str, root_client: Client, user: Any
) -> None:
    assert root_client.get(page("user"), {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("path", ["password/", "password_change/"])
def test_nobody_else_sets_a_password(path: str, root_client: Client, user: Any) -> None:
    before = user.password
    url = page("user", "change", user.pk).removesuffix("change/") + path
    data = {"password1": "another long password", "password2": "another long password"}
    assert root_client.post(url, data).status_code in {302, 404}
    assert User.objects.get(pk=user.pk).password == before


def test_markup_in_a_name_is_text(root_client: Client, make_user: Callable[..., Any]) -> None:
    user = make_user(first_name="<script>alert(1)</script>", last_name="<img src=x onerror=a>")
    for path in (page("user"), page("user", "change", user.pk), page("user", "delete", user.pk)):
        body = root_client.get(path).content
        assert b"<script>alert" not in body
        assert b"<img src=x" not in body
