"""What those are answered whom a guard does not let pass."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path, re_path, reverse_lazy

from authkit import requires, rules
from authkit.authz.denial import wants_json
from tests.conftest import PASSWORD

from .views import EDITORS, JSON, outcome, page, urls

pytestmark = pytest.mark.django_db


def test_a_browser_comes_back_after_the_login(settings: Any, client: Client, user: Any) -> None:
    settings.ROOT_URLCONF = urls(path("page/", requires(rules.is_logged_in)(page)))
    refused = client.get("/page/?a=1&b=/x")

    assert refused.url == "/auth/login/?next=/page/%3Fa%3D1%26b%3D/x"
    data = {"login": user.email, "password": PASSWORD}
    assert client.post(refused.url, data).url == "/page/?a=1&b=/x"


@pytest.mark.parametrize("address", ["//evil.example/x", "/\\evil.example", "///evil.example"])
def test_where_to_come_back_is_always_on_this_origin(
    address: str, settings: Any, client: Client
) -> None:
    settings.ROOT_URLCONF = urls(re_path(r"^.*evil", requires(rules.is_logged_in)(page)))
    request = client.get("/", PATH_INFO=address, HTTP_HOST="localhost")

    target = client.get(request.url).context["redirect_field"]

    assert outcome(request) == "login"
    assert 'value="//' not in target
    assert "http" not in target


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"accept": "*/*"}, False),
        ({"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, False),
        ({"accept": "text/html;q=0.5,application/json"}, True),
        ({"accept": "application/json"}, True),
        ({"accept": "application/json, text/plain, */*"}, True),
        ({"accept": "application/problem+json"}, True),
        ({"accept": "text/html, application/json"}, False),
        ({"x-requested-with": "XMLHttpRequest"}, True),
        ({"content-type": "application/json"}, True),
        ({"content-type": "application/vnd.api+json; charset=utf-8"}, True),
        ({"content-type": "application/x-www-form-urlencoded"}, False),
    ],
)
def test_a_program_is_told_from_a_browser(headers: dict[str, str], expected: object) -> None:
    assert wants_json(RequestFactory().get("/", headers=headers)) is expected


def test_a_program_is_refused_in_json(clients: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("page/", EDITORS(page)))

    known, stranger = (client.get("/page/", **JSON) for client in clients[1:])

    assert (known.status_code, known.json()) == (
        403,
        {
            "type": "about:blank",
            "title": "Forbidden",
            "status": 403,
            "code": "permission_denied",
        },
    )
    assert (stranger.status_code, stranger.json()["code"]) == (401, "not_authenticated")
    assert stranger["WWW-Authenticate"] == "Session"
    for answer in (known, stranger):
        assert answer["Content-Type"] == "application/problem+json"
        assert "no-store" in answer["Cache-Control"]
        assert {"Accept", "Cookie"} <= set(answer["Vary"].split(", "))


def own_response(request: HttpRequest) -> HttpResponse:
    return HttpResponse("pay first", status=402)


@pytest.mark.parametrize(
    ("otherwise", "browser", "program"),
    [
        ("/denied/", "/denied/", 403),
        ("denied", "/denied/", 403),
        (reverse_lazy("denied"), "/denied/", 403),
        (own_response, 402, 402),
        (lambda request: {"error": "not_auth"}, 403, 403),
    ],
    ids=["url", "name", "lazy", "response", "dictionary"],
)
def test_a_project_answers_otherwise(
    otherwise: Any, browser: Any, program: int, clients: Any, settings: Any
) -> None:
    guard = requires(rules.has_membership("editors"), otherwise=otherwise)
    settings.ROOT_URLCONF = urls(path("page/", guard(page)), path("denied/", page, name="denied"))

    member, known, stranger = clients

    assert [outcome(client.get("/page/")) for client in clients] == ["seen", browser, browser]
    assert [client.get("/page/", **JSON).status_code for client in (member, known)] == [
        200,
        program,
    ]


def test_a_dictionary_is_a_refusal_in_json(client: Client, settings: Any) -> None:
    guard = requires(rules.is_logged_in, otherwise=lambda request: {"error": "not_auth"})
    settings.ROOT_URLCONF = urls(path("page/", guard(page)))

    answer = client.get("/page/")

    assert (answer.status_code, answer.json()) == (403, {"error": "not_auth"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("answer", [None, True, "/denied/"])
def test_an_answer_that_is_none_lets_nobody_in(
    answer: object, client: Client, settings: Any
) -> None:
    guard = requires(rules.is_logged_in, otherwise=lambda request: answer)
    settings.ROOT_URLCONF = urls(path("page/", guard(page)))

    with pytest.raises(TypeError, match="no response"):
        client.get("/page/")


def test_a_refusal_is_logged(clients: Any, settings: Any, caplog: Any) -> None:
    settings.ROOT_URLCONF = urls(path("page/", EDITORS(page)))
    caplog.set_level(logging.INFO, "authkit.authz")

    clients[2].get("/page/")

    assert "'/page/' refused to user None: not_authenticated" in caplog.messages


@pytest.mark.parametrize("otherwise", [5, True, {"error": "x"}, ["/denied/"]])
def test_what_is_no_answer_is_an_error_when_decorating(otherwise: Any) -> None:
    with pytest.raises(TypeError, match="otherwise"):
        requires(rules.is_logged_in, otherwise=otherwise)
