"""Views that are coroutines behind ``requires``."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, AsyncRequestFactory, Client, RequestFactory
from django.urls import path
from django.utils.decorators import method_decorator
from django.views import View

from authkit import RequiresMixin, auth, requires, rules
from tests.blog.models import Post

from .views import JSON, apage, in_coroutine, outcome, page, urls

pytestmark = pytest.mark.django_db
EDITORS = rules.has_membership("editors")


async def is_known(request: HttpRequest) -> bool:
    return bool((await request.auser()).is_authenticated)


async def broken(request: HttpRequest) -> bool:
    raise RuntimeError("broken")


async def nothing(request: HttpRequest) -> None:
    pass


class Plain(View):
    async def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")


class Mixed(RequiresMixin, Plain):
    requires = EDITORS & is_known


class ByMethod(View):
    @requires(EDITORS & is_known)
    async def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")


@requires(EDITORS)
class Decorated(View):
    async def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")


def by_method_decorator(name: str) -> Any:
    class Copy(Plain):
        get = Plain.get

    return method_decorator(requires(EDITORS), name=name)(Copy).as_view()


VIEWS = {
    "method_decorator of dispatch": by_method_decorator("dispatch"),
    "method_decorator of get": by_method_decorator("get"),
    "function": requires(EDITORS)(apage),
    "function, coroutine beside": requires(EDITORS & is_known)(apage),
    "as_view()": requires(EDITORS & is_known)(Plain.as_view()),
    "mixin": Mixed.as_view(),
    "decorated": Decorated.as_view(),
    "by method": ByMethod.as_view(),
    "include": None,
}


@pytest.fixture
def clients(make_user: Any, make_group: Any) -> tuple[AsyncClient, ...]:
    """A member of the group "editors", somebody else, and a stranger."""
    member, other = make_user(), make_user()
    make_group("editors", member)
    found = AsyncClient(), AsyncClient(), AsyncClient()
    for client, user in zip(found, (member, other), strict=False):
        client.force_login(user)
    return found


@pytest.mark.parametrize("name", VIEWS)
@in_coroutine
async def test_a_coroutine_is_guarded(name: str, clients: Any, settings: Any) -> None:
    if name == "include":
        included = requires(EDITORS & is_known).include([path("", apage)])
        settings.ROOT_URLCONF = urls(path("page/", included))
    else:
        settings.ROOT_URLCONF = urls(path("page/", VIEWS[name]))

    for method in ("get", "head"):
        answers = [await getattr(client, method)("/page/") for client in clients]
        assert [outcome(answer) for answer in answers] == ["seen", 403, "login"]
    programs = [await client.get("/page/", **JSON) for client in clients]
    assert [answer.status_code for answer in programs] == [200, 403, 401]


@pytest.mark.parametrize("condition", [broken, nothing])
@in_coroutine
async def test_a_coroutine_that_fails_denies(condition: Any, clients: Any, settings: Any) -> None:
    rule = requires(condition).rule
    for each in (rule, ~rule, EDITORS & rule, ~(EDITORS & rule)):
        settings.ROOT_URLCONF = urls(path("page/", requires(each)(apage)))
        assert outcome(await clients[0].get("/page/")) == 403
    settings.ROOT_URLCONF = urls(path("page/", requires(rule | EDITORS)(apage)))
    assert outcome(await clients[0].get("/page/")) == "seen"


@in_coroutine
async def test_a_project_answers_otherwise_in_a_coroutine(clients: Any, settings: Any) -> None:
    async def own(request: HttpRequest) -> dict[str, str]:
        return {"user": str(await request.auser())}

    def plain(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(request.user), status=402)

    settings.ROOT_URLCONF = urls(
        path("own/", requires(rules.is_staff, otherwise=own)(apage)),
        path("plain/", requires(rules.is_staff, otherwise=plain)(apage)),
        path("url/", requires(rules.is_staff, otherwise="/denied/")(apage)),
    )

    assert (await clients[2].get("/own/")).json() == {"user": "AnonymousUser"}
    assert (await clients[2].get("/plain/")).content == b"AnonymousUser"
    assert outcome(await clients[1].get("/url/")) == "/denied/"


@in_coroutine
async def test_a_record_is_loaded_for_a_coroutine(make_user: Any, settings: Any) -> None:
    rule = rules.has_permission("write", Post, record="post_id")
    settings.ROOT_URLCONF = urls(path("<int:post_id>/", requires(rule)(apage)))
    user = await sync_to_async(make_user)()
    own, other = await Post.objects.acreate(), await Post.objects.acreate()
    await auth.aadd_permission(user, "write", own)
    client = AsyncClient()
    await client.aforce_login(user)

    answers = [await client.get(f"/{key}/") for key in (own.pk, other.pk, 77)]

    assert [outcome(answer) for answer in answers] == ["seen", 404, 404]
    assert f"Post object ({own.pk})".encode() in answers[0].content


def test_the_user_is_loaded_once(user: Any, settings: Any, django_assert_num_queries: Any) -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str((await request.auser()).pk))

    settings.ROOT_URLCONF = urls(path("page/", requires(rules.is_logged_in)(view)))
    client = Client()
    client.force_login(user)

    # The session and the user
    with django_assert_num_queries(2):
        assert client.get("/page/").content.decode() == str(user.pk)


@in_coroutine
async def test_a_stream_of_a_coroutine_is_guarded(clients: Any, settings: Any) -> None:
    begun: list[str] = []

    async def parts() -> Any:
        begun.append("part")
        yield b"part"

    async def stream(request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse(parts())

    settings.ROOT_URLCONF = urls(path("page/", requires(EDITORS)(stream)))

    assert [outcome(await client.get("/page/")) for client in clients[1:]] == [403, "login"]
    assert begun == []
    answer = await clients[0].get("/page/")
    assert [part async for part in answer.streaming_content] == [b"part"]


@pytest.mark.parametrize("view", [requires(rules.is_logged_in)(apage), Decorated.as_view()])
@in_coroutine
async def test_a_cache_before_a_coroutine_tells_sessions_apart(view: Any, clients: Any) -> None:
    request = AsyncRequestFactory().get("/")
    # Not from the test client, whose middleware says it too.
    request.user = await get_user_model().objects.aget(email="user1@example.com")

    assert (await view(request))["Vary"] == "Cookie"


@in_coroutine
async def test_a_view_that_is_none_is_guarded_under_a_server_that_is(
    clients: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("page/", requires(EDITORS)(page)))

    answers = [await client.get("/page/") for client in clients]

    assert [outcome(answer) for answer in answers] == ["seen", 403, "login"]


@in_coroutine
async def test_a_rule_can_be_asked_in_a_coroutine(user: Any) -> None:
    request = RequestFactory().get("/")
    request.user = user
    post = await Post.objects.acreate(author=user)

    assert await (rules.owns("author") & rules.is_logged_in).aholds(request, post)
    assert not await rules.has_permission("read").aholds(request, post)
    await sync_to_async(auth.add_permission)(user, "read", post)
    assert await rules.has_permission("read").aholds(request, post)
