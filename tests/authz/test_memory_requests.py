"""Which request remembers: that of the question, and no other."""

from __future__ import annotations

from contextlib import closing
from contextvars import copy_context
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from authkit import auth
from authkit.context import current_request, enter
from authkit.middleware import AuthkitMiddleware
from authkit.models import Permission
from tests.authz.scene import MEMBER, REVOKES, Scene, Serving, cost

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_requests_share_nothing(scene: Scene, serving: Serving) -> None:
    with serving(scene.user):
        scene.answers()
    with serving(scene.user):
        assert [cost(ask) for ask in scene.questions().values()].count(0) == 2
        with serving(scene.user):
            assert cost(scene.questions()["record"]) == 1
        assert cost(scene.questions()["record"]) == 0


def test_a_change_by_others_is_seen_by_the_next_request(scene: Scene, serving: Serving) -> None:
    with serving(scene.user):
        assert scene.questions()["record"]()
        # As another process would: nothing tells this request.
        Permission._base_manager.all().delete()
        assert scene.questions()["record"]()
    with serving(scene.user):
        assert not scene.questions()["record"]()


@pytest.mark.parametrize("change", REVOKES)
def test_a_revoke_in_a_request_within_the_request_is_seen(
    scene: Scene, serving: Serving, change: str
) -> None:
    with serving(scene.user):
        assert set(scene.answers().values()) == {True}
        with serving(scene.user), serving(scene.user):
            REVOKES[change](scene)
        kept = set() if "delete" in change else MEMBER
        assert {name for name, answer in scene.answers().items() if answer} == kept


def test_a_request_that_is_entered_again_is_within_no_other(scene: Scene, serving: Serving) -> None:
    with serving(scene.user) as outer, serving(scene.user) as inner:
        tokens = [enter(request) for request in (outer, inner, outer)]
        auth.remove_permission(scene.group, "publish")
        assert not auth.has_permission("publish")
        for token in reversed(tokens):
            current_request.reset(token)


def test_a_view_remembers_and_the_next_one_does_not(scene: Scene) -> None:
    costs = []

    def view(request: HttpRequest) -> HttpResponse:
        costs.extend(cost(scene.questions()["current user"]) for _ in range(2))
        return HttpResponse()

    middleware: Any = AuthkitMiddleware(view)
    for _ in range(2):
        request = RequestFactory().get("/")
        request.user = scene.user
        middleware(request)
    assert costs == [1, 0, 1, 0]


def test_another_thread_of_the_request_that_writes_is_waited_for(
    scene: Scene, serving: Serving
) -> None:
    wrote, asked = Event(), Event()

    def write() -> None:
        with closing(connection), transaction.atomic():
            auth.remove_membership(scene.group, scene.user)
            wrote.set()
            asked.wait(10)

    with serving(scene.user):
        assert auth.has_permission("write", scene.post)
        thread = Thread(target=copy_context().run, args=[write])
        thread.start()
        assert wrote.wait(10)
        auth.has_permission("write", scene.post)  # what it says is not committed yet
        asked.set()
        thread.join()

        assert not auth.has_permission("write", scene.post)


def test_what_a_request_has_started_remembers_nothing_after_it(scene: Scene) -> None:
    request = RequestFactory().get("/")
    request.user = scene.user
    contexts = []

    def view(request: HttpRequest) -> HttpResponse:
        assert auth.has_permission("write", scene.post)
        contexts.append(copy_context())
        return HttpResponse()

    AuthkitMiddleware(view)(request)
    auth.remove_membership(scene.group, scene.user)

    assert not contexts[0].run(auth.has_permission, "write", scene.post)
