"""What a request remembers, and when it forgets."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from contextvars import copy_context
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.signals import pre_delete
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from authkit import auth
from authkit.context import current_request, enter
from authkit.middleware import AuthkitMiddleware
from authkit.models import Permission
from tests.authz.scene import ENDS, GROUP, MEMBER, REVOKES, Scene, cost
from tests.blog.models import Post

pytestmark = pytest.mark.django_db(transaction=True)

Serving = Callable[..., AbstractContextManager[HttpRequest]]


@pytest.mark.parametrize("answer", [True, False])
def test_what_was_asked_before_costs_nothing(
    scene: Scene, serving: Serving, *, answer: bool
) -> None:
    if not answer:
        auth.remove_membership(scene.group, scene.user)
        Permission.objects.all().delete()
    for ask in scene.questions().values():
        with serving(scene.user):
            assert [cost(ask), cost(ask), cost(ask)] == [1, 0, 0]
            assert ask() is answer


def test_questions_differ_by_all_they_ask_for(scene: Scene, serving: Serving) -> None:
    with serving(scene.user):
        scene.answers()
        assert not auth.has_permission("write", Post, scene.post.pk + 1, user=scene.user)
        assert not auth.has_permission("write", Post, user=scene.user)
        assert not auth.has_permission("write", user=scene.user)
        assert not auth.has_permission("publish", Post, scene.post.pk, user=scene.user)
        assert not auth.has_any_permission("publish", Post, user=scene.user)
        assert auth.has_permission("read", Post, scene.post.pk + 1, user=scene.user)
        assert set(scene.answers().values()) == {True}


def test_outside_of_a_request_nothing_is_remembered(scene: Scene) -> None:
    asks = {name: ask for name, ask in scene.questions().items() if name != "current user"}
    assert {name: (cost(ask), cost(ask)) for name, ask in asks.items()} == dict.fromkeys(
        asks, (1, 1)
    )


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
def test_a_revoke_is_seen_at_once(scene: Scene, serving: Serving, change: str) -> None:
    with serving(scene.user):
        assert set(scene.answers().values()) == {True}
        REVOKES[change](scene)
        kept = set() if "delete" in change else MEMBER
        assert {name for name, answer in scene.answers().items() if answer} == kept


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


@pytest.mark.parametrize("change", ENDS)
def test_the_end_of_a_membership_is_seen_at_once(
    scene: Scene, serving: Serving, change: str
) -> None:
    with serving(scene.user):
        assert set(scene.answers().values()) == {True}
        ENDS[change](scene)
        kept = set() if change == "delete the group" else GROUP
        assert {name for name, answer in scene.answers().items() if answer} == kept


def test_a_grant_is_seen_at_once(scene: Scene, serving: Serving, make_user: Any) -> None:
    other = make_user()
    with serving(other):
        for call, ask in (
            (auth.add_membership, lambda: auth.has_membership("writers")),
            (auth.add_membership, lambda: auth.has_permission("read", Post)),
        ):
            assert not ask()
            call("writers", other)
            assert ask()
            auth.remove_membership("writers", other)
        assert not auth.has_permission("new", user=scene.user)
        auth.add_permission("writers", "new")
        assert auth.has_permission("new", user=scene.user)
        assert not auth.has_permission("newer", Post, user=scene.user.pk)
        auth.add_permission(scene.user, ["newer"], Post)
        assert auth.has_permission("newer", Post, user=scene.user.pk)
        auth.block_user(scene.user)
        assert not auth.has_permission("newer", Post, user=scene.user.pk)
        auth.allow_user(scene.user)
        assert auth.has_permission("newer", Post, user=scene.user.pk)


@pytest.mark.parametrize(
    "delete", [lambda post: post.delete(), lambda post: Post.objects.filter(pk=post.pk).delete()]
)
def test_a_deleted_record_is_seen_at_once(scene: Scene, serving: Serving, delete: Any) -> None:
    pk = scene.post.pk
    with serving(scene.user):
        assert auth.has_permission("write", Post, pk)
        assert auth.has_any_permission("write", Post)
        delete(scene.post)
        assert not auth.has_permission("write", Post, pk)
        assert not auth.has_any_permission("write", Post)
        Post.objects.create(pk=pk)
        assert not auth.has_permission("write", Post, pk)


def test_what_is_asked_while_a_record_is_being_deleted_is_not_remembered(
    scene: Scene, serving: Serving
) -> None:
    pk, answers = scene.post.pk, []

    def ask(**kwargs: Any) -> None:
        answers.append(auth.has_permission("write", Post, pk))

    pre_delete.connect(ask, sender=Post)
    try:
        with serving(scene.user):
            scene.post.delete()
            assert [*answers, auth.has_permission("write", Post, pk)] == [True, False]
    finally:
        pre_delete.disconnect(ask, sender=Post)


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


def test_what_check_many_found_is_known(scene: Scene, serving: Serving) -> None:
    other = Post.objects.create()
    with serving(scene.user):
        found = auth.check_many(["read", "write"], [scene.post, other], user=scene.user)
        asked: dict[Any, bool] = {}

        def again() -> None:
            for name, post in ((n, p) for n in ("read", "write") for p in (scene.post, other)):
                asked[name, post.pk] = auth.has_permission(name, post, user=scene.user)

        assert cost(again) == 0
        assert asked == found
        auth.remove_permission(scene.group, "write", scene.post)
        assert not auth.has_permission("write", scene.post, user=scene.user)


def test_check_many_of_a_key_answers_for_the_key(scene: Scene, serving: Serving) -> None:
    pk = scene.user.pk
    with serving(scene.user):
        auth.check_many(["write"], [scene.post], user=pk)
        assert cost(lambda: auth.has_permission("write", scene.post, user=pk)) == 0
        assert auth.has_permission("write", scene.post, user=pk)
