"""Whatever is typed into the address of a page, or posted to it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client

from tests.admin.conftest import MODELS, page

WEIRD = {
    "nul": "a\x00b",
    "percent": "100%_\\",
    "digits": "9" * 5000,
    "unicode": "ﷺıİß😀\u202e\ud7ff",
    "quote": "'\"",
    "open quote": '"abc',
    "long": "x" * 100_000,
    "words": "a " * 5000,
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7|add:7 }} %s %(id)s {0.__class__}",
    "huge": "9" * 30,
    "negative": "-1",
}


@pytest.mark.parametrize("text", WEIRD.values(), ids=WEIRD)
@pytest.mark.parametrize("model", MODELS)
def test_any_search_is_answered(
    model: str, text: str, root_client: Client, rows: SimpleNamespace
) -> None:
    response = root_client.get(page(model), {"q": text})
    assert response.status_code in {200, 302}
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("text", WEIRD.values(), ids=WEIRD)
@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("user", "group"),
        ("user", "status__exact"),
        ("user", "is_staff__exact"),
        ("user", "date_joined__gte"),
        ("user", "o"),
        ("user", "p"),
        ("user", "status__in"),
        ("user", "id"),
        ("membership", "expiry"),
        ("membership", "group"),
        ("permission", "content_type__id__exact"),
        ("tag", "namespace"),
        ("event", "at__year"),
        ("event", "at__day"),
        ("event", "user_key"),
        ("event", "name"),
    ],
)
def test_any_filter_is_answered(
    model: str, name: str, text: str, root_client: Client, rows: SimpleNamespace
) -> None:
    response = root_client.get(page(model), {name: text})
    assert response.status_code in {200, 302}


@pytest.mark.parametrize("text", WEIRD.values(), ids=WEIRD)
@pytest.mark.parametrize("field", ["user", "group"])
def test_any_word_is_completed(
    field: str, text: str, root_client: Client, rows: SimpleNamespace
) -> None:
    where = {"app_label": "authkit", "model_name": "membership", "field_name": field}
    response = root_client.get("/admin/autocomplete/", {**where, "term": text})
    assert response.status_code == 200


@pytest.mark.parametrize("text", ["\x00", "9" * 5000, "9" * 30, "abc", "-1", "_00", "é"])
@pytest.mark.parametrize("model", MODELS)
def test_a_key_of_nobody_is_told_so(
    model: str, text: str, root_client: Client, rows: SimpleNamespace
) -> None:
    for name in ("change", "delete", "history"):
        response = root_client.get(page(model, name, text))
        assert response.status_code in {302, 403, 404}


@pytest.mark.parametrize("text", ["\x00", "9" * 5000, "9" * 30, "abc", "-1"])
def test_a_selection_of_nobody_does_nothing(
    text: str, root_client: Client, rows: SimpleNamespace
) -> None:
    for action in ("block", "delete_selected", "approve", "nonsense"):
        data = {"action": action, "_selected_action": text, "index": "0"}
        assert root_client.post(page("user"), data).status_code in {200, 302}
