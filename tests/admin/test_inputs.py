"""No input is an error of the server, whatever is posted or asked for."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin.utils import quote as admin_quote
from django.db import DatabaseError
from django.db.models import DateField, DateTimeField, Field
from django.test import Client

from tests.admin.conftest import form_of, page
from tests.blog.models import Post

MODELS = ["user", "group", "membership", "permission", "event", "tag", "mail"]
KEYS = ["\x00", "1\x00", "nine", "9" * 19, "9" * 30, "9" * 5000, "-1", "1e400", "0", "1:2", "[]"]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
@pytest.mark.parametrize("model", MODELS)
def test_the_flag_of_an_error_may_be_anything(model: str, key: str, root_client: Client) -> None:
    for query in (f"e={quote(key)}", f"e={quote(key)}&e=1", f"e=1&e={quote(key)}"):
        response = root_client.get(f"{page(model)}?{query}", follow=True)
        assert response.status_code == 200


CHOICES = [
    ("membership", "add", "user"),
    ("membership", "add", "group"),
    ("permission", "add", "group"),
    ("permission", "add", "content_type"),
    ("permission", "add", "record"),
    ("tag", "add", "content_type"),
    ("tag", "add", "record"),
    ("group", "add", "auth_memberships-0-user"),
    ("group", "change", "auth_memberships-1-user"),
    ("group", "change", "auth_memberships-0-id"),
    ("group", "change", "auth_permissions-1-content_type"),
    ("group", "change", "auth_permissions-1-record"),
    ("user", "change", "auth_memberships-1-group"),
    ("user", "change", "auth_memberships-0-id"),
]


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
@pytest.mark.parametrize(("model", "kind", "name"), CHOICES)
def test_what_is_chosen_may_be_anything(
    model: str, kind: str, name: str, key: str, rows: SimpleNamespace, root_client: Client
) -> None:
    pk = getattr(rows, model).pk if kind == "change" else None
    path = page(model, kind, pk)
    data = form_of(root_client.get(path))
    response = root_client.post(path, {**data, name: key})
    assert response.status_code == 200
    assert response.context["errors"]


@pytest.mark.parametrize("row", ["auth_memberships-0", "auth_permissions-0"])
@pytest.mark.parametrize("visitor", ["root_client", "clerk_client"])
def test_the_empty_row_may_be_ticked_for_deletion(
    visitor: str, row: str, make_group: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    client, group = request.getfixturevalue(visitor), make_group("empty")
    path = page("group", "change", group.pk)
    data = form_of(client.get(path))
    assert client.post(path, data | {f"{row}-DELETE": "on"}).status_code == 302


LOOKUPS = sorted({*Field.get_lookups(), *DateTimeField.get_lookups(), *DateField.get_lookups()})
VALUES = ["", "x", "1,2", "(", "9" * 30, "-1", "0", "1e400", "9999", "\x00", "%", "\U0010ffff"]
LISTS = {"group": "name", "user": "last_login", "event": "at", "permission": "expires_at"} | {
    "tag": "namespace", "mail": "purpose", "membership": "user",
}  # fmt: skip


@pytest.mark.parametrize("lookup", LOOKUPS)
@pytest.mark.parametrize("model", LISTS)
def test_a_filter_may_be_anything(
    model: str, lookup: str, rows: SimpleNamespace, root_client: Client
) -> None:
    for field in (LISTS[model], "pk", "content_type"):
        for value in VALUES:
            response = root_client.get(page(model), {f"{field}__{lookup}": value})
            assert response.status_code in {200, 302, 400}


@pytest.mark.urls("tests.admin.permitted_urls")
@pytest.mark.parametrize("lookup", LOOKUPS)
def test_a_filter_of_a_projects_own_model_may_be_anything(lookup: str, root_client: Client) -> None:
    Post.objects.create(title="a")
    for field in ("title", "id", "author", "author__id", "author__email"):
        for value in VALUES:
            response = root_client.get("/admin/blog/post/", {f"{field}__{lookup}": value})
            assert response.status_code in {200, 302, 400}


@pytest.mark.urls("tests.admin.permitted_urls")
@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=" + "a+" * 2000, "q=" + "%25" * 60000, "title=%00", "title__regex=(", "p=x"],
)
def test_a_search_in_a_projects_own_model_may_be_anything(query: str, root_client: Client) -> None:
    Post.objects.create(title="a")
    assert root_client.get(f"/admin/blog/post/?{query}", follow=True).status_code == 200


@pytest.mark.urls("tests.admin.permitted_urls")
@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
def test_a_key_of_a_projects_own_model_may_be_anything(key: str, root_client: Client) -> None:
    Post.objects.create(title="a")
    chosen = {"action": "delete_selected", "_selected_action": key, "post": "yes"}
    assert root_client.post("/admin/blog/post/", chosen, follow=True).status_code == 200
    changed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": key, "_save": "1"}
    assert root_client.post("/admin/blog/post/", changed).status_code in {200, 302}
    path = f"/admin/blog/post/{quote(admin_quote(key), safe='')}/change/"
    assert root_client.get(path).status_code in {302, 404}
    assert Post.objects.count() == 1


@pytest.mark.urls("tests.admin.permitted_urls")
def test_an_error_that_no_input_is_to_blame_for_stays_one(
    root_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any) -> Any:
        raise DatabaseError

    monkeypatch.setattr(Post.objects.all().__class__, "count", broken)
    root_client.raise_request_exception = False
    response = root_client.get("/admin/blog/post/?title=a")
    assert response.status_code == 302
    assert root_client.get(response["Location"]).status_code == 500
