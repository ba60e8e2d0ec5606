"""Every page for every visitor, and what it needs and costs."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client

from authkit.admin import AuthkitAdmin
from authkit.models import Event, Group, Mail, Membership, Permission, Tag
from tests.admin.conftest import MODELS, page

READ_ONLY = {("event", "add"), ("event", "delete"), ("mail", "add"), ("mail", "delete")}
PAGES = ("changelist", "add", "change", "history", "delete")


def path_of(model: str, name: str, rows: SimpleNamespace) -> str:
    return page(model, name, None if name in {"changelist", "add"} else getattr(rows, model).pk)


# The user of the rows is in a group that holds a right which no staff member here has.
BEYOND = {(model, "delete") for model in ("user", "group", "membership", "permission", "tag")}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_a_superuser_sees_every_page_that_there_is(
    model: str, name: str, rows: SimpleNamespace, root_client: Client
) -> None:
    response = root_client.get(path_of(model, name, rows))
    assert response.status_code == (403 if (model, name) in READ_ONLY else 200)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_staff_with_every_right_sees_the_same_pages(
    model: str, name: str, rows: SimpleNamespace, clerk_client: Client
) -> None:
    response = clerk_client.get(path_of(model, name, rows))
    refused = (model, name) in READ_ONLY | BEYOND
    assert response.status_code == (403 if refused else 200)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_staff_without_a_right_sees_none(
    model: str,
    name: str,
    rows: SimpleNamespace,
    make_staff: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    assert client_for(make_staff()).get(path_of(model, name, rows)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_whoever_is_not_logged_in_is_sent_to_the_login(
    model: str, name: str, rows: SimpleNamespace, client: Client
) -> None:
    response = client.get(path_of(model, name, rows), follow=True)
    assert [status for _url, status in response.redirect_chain] == [302, 302]
    assert response.request["PATH_INFO"] == "/auth/login/"


def test_the_index_lists_what_there_is(root_client: Client, rows: SimpleNamespace) -> None:
    names = {
        model["object_name"]
        for app in root_client.get("/admin/").context["app_list"]
        for model in app["models"]
    }
    assert names == {"User", "Group", "Membership", "Permission", "Event", "Tag", "Mail"}


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        # Of these two are the session and the visitor.
        ("user", 4),
        ("group", 4),
        ("membership", 4),
        ("permission", 5),
        ("tag", 6),
        ("event", 7),
        ("mail", 5),
    ],
)
def test_a_list_costs_the_same_for_one_row_and_for_many(
    model: str,
    queries: int,
    root_client: Client,
    rows: SimpleNamespace,
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    django_assert_num_queries: Any,
) -> None:
    fill(make_user, make_group)
    if model == "event" and not connection.features.has_zoneinfo_database:
        queries -= 2  # no dates to choose from
    with django_assert_num_queries(queries):
        response = root_client.get(page(model))
    assert len(response.context["cl"].result_list) > 5


def fill(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> None:
    """Some rows of every model, each with rows of others behind it."""
    for number in range(10):
        user = make_user()
        group = make_group(None, user)
        Permission.objects.add(group, "write", user if number % 2 else type(user))
        Tag.objects.add("groups", user, f"tag/{number}")
        Mail.objects.queue("password_reset", user.email, user)


class Inline(HTMLParser):
    """Collects what a strict Content-Security-Policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        sources = [names.get(name, "") for name in ("src", "href", "action")]
        self.found += [url for url in sources if url.startswith(("http:", "https:", "//", "data:"))]
        self.found += [url for url in sources if url.startswith("javascript:")]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("model", MODELS)
def test_no_page_needs_more_than_its_own_files(
    model: str, name: str, rows: SimpleNamespace, root_client: Client
) -> None:
    parser = Inline()
    parser.feed(root_client.get(path_of(model, name, rows)).content.decode())
    assert parser.found == []


def test_neither_does_the_page_that_asks(root_client: Client, user: Any) -> None:
    parser = Inline()
    response = root_client.post(page("user", "account", user.pk), {"verb": "block"})
    parser.feed(response.content.decode())
    assert parser.found == []


@pytest.mark.parametrize("model", MODELS)
def test_the_filters_can_count(model: str, root_client: Client, rows: SimpleNamespace) -> None:
    assert root_client.get(page(model), {"_facets": "True"}).status_code == 200


@pytest.mark.parametrize("gone", [Group, Membership, Permission, Event])
@pytest.mark.parametrize("model", ["user", "group", "membership", "permission"])
def test_a_page_that_the_project_took_away_is_not_missed(
    model: str,
    gone: Any,
    root_client: Client,
    rows: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(admin.site._registry, gone)
    for name in PAGES:
        assert root_client.get(path_of(model, name, rows)).status_code == 200


def test_a_page_of_ours_needs_a_search() -> None:
    with pytest.raises(NotImplementedError):
        AuthkitAdmin(Tag, admin.site).matches("a")
