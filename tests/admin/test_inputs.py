"""No input is an error of the server, whatever is posted or asked for."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from tests.admin.conftest import form_of, page

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
