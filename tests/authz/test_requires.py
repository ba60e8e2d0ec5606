"""Functions behind ``requires``: who passes, and what may be required."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from authkit import auth, requires, rules

from .views import EDITORS, apage, outcome, page, urls

pytestmark = pytest.mark.django_db

METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_guarded(method: str, clients: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("page/", EDITORS(csrf_exempt(page))))

    answers = [getattr(client, method)("/page/") for client in clients]

    assert [outcome(answer) for answer in answers] == ["seen", 403, "login"]


def test_the_address_without_its_slash_leads_to_the_guarded_one(
    clients: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("page/", EDITORS(page)))

    chains = [client.get("/page", follow=True) for client in clients]

    assert [answer.status_code for answer in chains] == [200, 403, 200]
    assert chains[2].redirect_chain == [("/page/", 301), ("/auth/login/?next=/page/", 302)]


def test_a_stream_is_not_begun_for_whoever_may_not_see_it(clients: Any, settings: Any) -> None:
    begun: list[str] = []

    def stream(request: HttpRequest) -> StreamingHttpResponse:
        begun.append("view")
        return StreamingHttpResponse(begun.append("part") or "part" for _ in range(2))

    settings.ROOT_URLCONF = urls(path("stream/", EDITORS(stream)))

    assert [outcome(client.get("/stream/")) for client in clients[1:]] == [403, "login"]
    assert begun == []
    assert clients[0].get("/stream/").getvalue() == b"partpart"


def test_a_function_of_the_request_is_a_rule(client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(
        path("page/", requires(lambda request: request.GET.get("key") == "5")(page))
    )

    assert [outcome(client.get(url)) for url in ("/page/?key=5", "/page/")] == ["seen", "login"]


def test_a_condition_that_raises_lets_nobody_in(clients: Any, settings: Any) -> None:
    broken = requires(lambda request: 1 / 0 > 0)
    negated = requires(~broken.rule)
    settings.ROOT_URLCONF = urls(path("a/", broken(page)), path("b/", negated(page)))

    for address in ("/a/", "/b/"):
        assert [outcome(client.get(address)) for client in clients] == [403, 403, "login"]


@pytest.mark.parametrize("rule", [None, True, "editors", 5, HttpRequest, rules.Rule, object()])
def test_what_is_no_rule_is_an_error_when_decorating(rule: Any) -> None:
    with pytest.raises(TypeError, match="rule"):
        requires(rule)


@pytest.mark.parametrize("view", [None, "page", object, JsonResponse, 5])
def test_what_is_no_view_is_an_error_when_decorating(view: Any) -> None:
    with pytest.raises(TypeError, match="view"):
        requires(rules.is_logged_in)(view)


async def acondition(request: HttpRequest) -> bool:
    return True


class Waiting:
    async def __call__(self, request: HttpRequest) -> bool:
        return True


@pytest.mark.parametrize(
    "guard",
    [
        requires(acondition),
        requires(Waiting()),
        requires(rules.is_logged_in | ~(rules.is_staff & acondition)),
        requires(rules.is_logged_in, otherwise=acondition),
    ],
)
def test_a_coroutine_before_a_view_that_is_none_is_an_error_when_decorating(guard: Any) -> None:
    with pytest.raises(TypeError, match="coroutine"):
        guard(page)
    guard(apage)


def test_guards_stand_one_before_the_other(clients: Any, settings: Any) -> None:
    never = requires(lambda request: False)
    settings.ROOT_URLCONF = urls(path("a/", EDITORS(never(page))), path("b/", never(EDITORS(page))))

    assert [outcome(clients[0].get(address)) for address in ("/a/", "/b/")] == [403, 403]


def test_a_guarded_view_keeps_its_attributes() -> None:
    guarded = EDITORS(csrf_exempt(page))

    assert (guarded.csrf_exempt, guarded.__name__) == (True, "page")
    assert not hasattr(page, "authkit_rules")


def test_a_revoked_membership_is_gone_with_the_next_request(
    user: Any, client_for: Any, make_group: Any, settings: Any
) -> None:
    make_group("editors", user)
    settings.ROOT_URLCONF = urls(path("page/", EDITORS(page)))
    client = client_for(user)
    assert outcome(client.get("/page/")) == "seen"

    auth.remove_membership("editors", user)

    assert outcome(client.get("/page/")) == 403


def test_whoever_is_blocked_is_sent_to_the_login(
    user: Any, client_for: Any, make_group: Any, settings: Any
) -> None:
    make_group("editors", user)
    settings.ROOT_URLCONF = urls(path("page/", EDITORS(page)))
    client = client_for(user)

    auth.block_user(user)

    assert outcome(client.get("/page/")) == "login"
