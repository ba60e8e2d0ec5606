"""The page that tells who may do something, and why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from authkit import auth
from tests.admin.backend import GRANTED
from tests.admin.conftest import page
from tests.blog.models import Language, Picture, Post

WHY = "/admin/authkit/permission/why/"


def key_of(model: type[Any]) -> int:
    return ContentType.objects.get_for_model(model).pk


@pytest.fixture
def writer(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> Any:
    user = make_user(email="ada@example.com", username="ada")
    make_group("writers", user)
    return user


def ask(client: Client, **query: Any) -> tuple[str, Any]:
    """The text of the page below the form, and its context."""
    response = client.get(WHY, query)
    assert response.status_code == 200
    below = response.content.decode().split("</form>")[-1].split("<footer")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", below).split()), response.context


@pytest.mark.parametrize(
    ("rights", "status"),
    [(("view_permission",), 200), (("view_user", "view_group"), 403), ((), 403)],
)
def test_it_is_open_to_those_who_may_view_permissions(
    rights: tuple[str, ...], status: int, make_staff: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(make_staff(*rights))
    assert client.get(WHY).status_code == status
    assert client.get(page("permission")).status_code == status


def test_others_are_sent_to_the_login(db: None, client: Client, user: Any, client_for: Any) -> None:
    assert client.get(WHY).status_code == 302
    assert client_for(user).get(WHY).status_code == 302


def test_the_list_leads_to_it(root_client: Client, make_staff: Any, client_for: Any) -> None:
    reader = client_for(make_staff("view_permission"))
    for client in (root_client, reader):
        assert f'href="{WHY}"' in client.get(page("permission")).content.decode()
    assert "add" not in reader.get(page("permission")).context["title"].lower()


def test_yes_tells_each_path(root_client: Client, writer: Any) -> None:
    post = Post.objects.create()
    friday = timezone.now() + timedelta(days=3)
    auth.add_permission("writers", "write", Post)
    auth.add_permission("writers", "write", post, expires_at=friday)
    query = {"name": "write", "content_type": key_of(Post), "record": post.pk}
    text, context = ask(root_client, **query, user="ADA")
    assert f"Yes: {writer} may." in text
    assert "The group writers has “write”: every post." in text
    assert f"The group writers has “write”: post {post.pk}. Until" in text
    assert context["decision"].allowed
    assert [group.name for group in context["groups"]] == ["writers"]
    assert set(context["users"]) >= {writer}


def test_no_tells_what_is_missing(root_client: Client, writer: Any, make_group: Any) -> None:
    query = {"name": "ban_users", "user": "ada@example.com"}
    assert "No group has this permission." in ask(root_client, **query)[0]
    auth.add_permission(make_group("admins"), "ban_users")
    text, _context = ask(root_client, **query)
    assert f"No: {writer} may not. The user is in none of the groups" in text
    assert "Groups (1) admins" in text
    writer.block()
    assert "The account is not active." in ask(root_client, **query)[0]


def test_a_superuser_is_told_as_such(root: Any, root_client: Client) -> None:
    text, _context = ask(root_client, name="anything", user=root.pk)
    assert "An active superuser may do everything." in text
    assert f"Users (1) {root}" in text


def test_users_are_named_to_those_who_may_view_users(
    writer: Any, make_staff: Any, client_for: Callable[[Any], Client]
) -> None:
    auth.add_permission("writers", "write", Post)
    clerk = make_staff("view_permission")
    query = {"name": "write", "content_type": key_of(Post)}
    assert ask(client_for(clerk), **query)[0] == "Groups (1) writers Users (1)"
    GRANTED[clerk.pk].add("authkit.view_user")
    assert ask(client_for(clerk), **query)[0] == f"Groups (1) writers Users (1) {writer}"


def test_an_own_group_is_the_person_to_those_who_may_view_them(
    root_client: Client, writer: Any, make_staff: Any, client_for: Any
) -> None:
    auth.add_permission(writer, "write")
    own = writer.auth_own_group
    for client, shown in (
        (root_client, writer),
        (client_for(make_staff("view_permission")), own),
    ):
        _text, context = ask(client, name="write")
        assert context["groups"] == [shown]


@pytest.mark.parametrize("asked", ["ada@example.com", "ada", "number", "nobody@example.com"])
def test_nothing_about_a_user_is_told_to_those_who_may_not_view_users(
    asked: str, writer: Any, make_staff: Any, client_for: Callable[[Any], Client]
) -> None:
    auth.add_permission("writers", "write", Post)
    auth.block_user(writer)
    client = client_for(make_staff("view_permission"))
    query = {"name": "write", "content_type": key_of(Post)}
    text, context = ask(client, **query, user=writer.pk if asked == "number" else asked)
    assert text == ask(client, **query)[0] == "Groups (1) writers Users (0)"
    assert "user" not in context["form"].fields


def test_a_user_whom_one_may_not_view_is_as_one_who_is_not_there(
    writer: Any, root: Any, make_staff: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth.add_permission("writers", "write", Post)
    page_of_users = admin.site.get_model_admin(type(writer))
    monkeypatch.setattr(
        page_of_users, "has_view_permission", lambda request, obj=None: obj is None or obj == root
    )
    client = client_for(make_staff("view_permission"))
    query = {"name": "write", "content_type": key_of(Post)}
    for name in ("ada", "nobody"):
        assert list(ask(client, **query, user=name)[1]["form"].errors) == ["user"]
    text, context = ask(client, **query, user="root")
    assert "An active superuser may do everything." in text
    assert [each.pk for each in context["users"]] == [root.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x07"}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"user": "nobody"}, "user"),
        ({"user": "a\x00"}, "user"),
        ({"record": "5"}, "content_type"),
        ({"content_type": "4711"}, "content_type"),
        ({"content_type": "x"}, "content_type"),
        ({"content_type": ContentType}, "content_type"),
        ({"content_type": Post, "record": "05"}, "record"),
        ({"content_type": Post, "record": "9" * 40}, "record"),
        ({"content_type": Picture, "record": "5"}, "record"),
        ({"content_type": Language, "record": "de"}, "record"),
    ],
)
def test_what_makes_no_question_is_told_at_the_field(
    query: dict[str, Any], field: str, root_client: Client
) -> None:
    values = {
        name: key_of(value) if isinstance(value, type) else value for name, value in query.items()
    }
    text, context = ask(root_client, **{"name": "write", **values})
    assert list(context["form"].errors) == [field]
    assert text == ""


def test_the_form_alone_asks_nothing(root_client: Client) -> None:
    text, context = ask(root_client)
    assert (text, context["form"].is_bound) == ("", False)


def test_it_needs_no_script_or_style_of_its_own(root_client: Client, writer: Any) -> None:
    auth.add_permission("writers", "write")
    html = root_client.get(WHY, {"name": "write", "user": "ada"}).content.decode()
    content = html[html.index('id="content"') :]
    assert "style=" not in content
    assert "<script" not in content.split("<footer")[0]


def test_names_are_escaped(root_client: Client, writer: Any, make_group: Any) -> None:
    auth.add_permission(make_group("<b>bold</b>", writer), "<i>")
    html = root_client.get(WHY, {"name": "<i>", "user": "ada"}).content.decode()
    assert "<b>bold" not in html
    assert "<i>" not in html


@pytest.mark.parametrize(("language", "word"), [("de", "darf"), ("fr", "peut")])
def test_it_is_translated(language: str, word: str, root_client: Client, writer: Any) -> None:
    auth.add_permission("writers", "write")
    response = root_client.get(
        WHY, {"name": "write", "user": "ada"}, headers={"accept-language": language}
    )
    html = response.content.decode()
    assert word in html
    assert "may" not in html[html.index('id="content"') :].split("<footer")[0]
