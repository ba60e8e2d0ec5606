"""Functions behind ``requires``: who passes, and what everybody else is answered."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from django.urls import path, re_path, reverse_lazy
from django.views import View
from django.views.decorators.cache import cache_page
from django.views.decorators.csrf import csrf_exempt

from authkit import auth, public, requires, rules
from authkit.authz.denial import wants_json

from .views import JSON, apage, outcome, page, urls

pytestmark = pytest.mark.django_db
METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]


@pytest.fixture
def clients(make_user: Any, make_group: Any, client_for: Any) -> tuple[Client, Client, Client]:
    """A member of the group "editors", somebody else, and a stranger."""
    member, other = make_user(), make_user()
    make_group("editors", member)
    return client_for(member), client_for(other), Client()


EDITORS = requires(rules.has_membership("editors"))


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


def personal(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"of {request.user.pk}")


@requires(rules.is_logged_in)
class Personal(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return personal(request)


@pytest.mark.parametrize(
    "view",
    [requires(rules.is_logged_in)(personal), Personal.as_view()],
    ids=["function", "class"],
)
def test_a_cache_before_the_guard_shows_nobody_the_page_of_another(
    view: Any, make_user: Any, client_for: Any, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.ROOT_URLCONF = urls(path("page/", cache_page(60)(view)))
    users = make_user(), make_user()
    clients = [*map(client_for, users), Client()]

    for _ in range(2):
        answers = [client.get("/page/") for client in clients]
        assert [answer.content.decode() for answer in answers[:2]] == [
            f"of {each.pk}" for each in users
        ]
        assert outcome(answers[2]) == "login"


@pytest.mark.parametrize("ended", ["revoke", "block"])
def test_a_cache_before_the_guard_shows_nothing_after_the_end_of_a_right(
    ended: str, user: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    guarded = requires(rules.has_membership("editors"))(page)
    settings.ROOT_URLCONF = urls(path("page/", cache_page(60)(guarded)))
    group, client = make_group("editors", user), client_for(user)
    assert outcome(client.get("/page/")) == "seen"

    if ended == "revoke":
        group.users.remove(user)
    else:
        user.block()

    assert outcome(client.get("/page/")) != "seen"


def test_a_cache_before_the_guard_lets_no_stranger_pass(settings: Any, client: Client) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    guarded = requires(lambda request: request.META["REMOTE_ADDR"] == "10.0.0.1")(page)
    settings.ROOT_URLCONF = urls(path("page/", cache_page(60)(guarded)))
    assert outcome(client.get("/page/", REMOTE_ADDR="10.0.0.1")) == "seen"
    assert outcome(client.get("/page/", REMOTE_ADDR="10.0.0.2")) != "seen"


def test_a_page_for_everybody_is_kept_for_everybody() -> None:
    answer = public(page)(RequestFactory().get("/page/"))
    assert not {"Vary", "Cache-Control"} & set(answer.headers)


# What is answered


def test_a_browser_comes_back_after_the_login(settings: Any, client: Client, user: Any) -> None:
    from tests.conftest import PASSWORD

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


# What may be required


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


@pytest.mark.parametrize("otherwise", [5, True, {"error": "x"}, ["/denied/"]])
def test_what_is_no_answer_is_an_error_when_decorating(otherwise: Any) -> None:
    with pytest.raises(TypeError, match="otherwise"):
        requires(rules.is_logged_in, otherwise=otherwise)


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
