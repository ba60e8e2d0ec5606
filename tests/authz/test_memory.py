"""What a request remembers, and when it forgets."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.signals import pre_delete

from authkit import auth
from authkit.models import Permission
from tests.authz.scene import ENDS, GROUP, MEMBER, REVOKES, Scene, Serving, cost
from tests.blog.models import Post

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize("change", REVOKES)
def test_a_revoke_is_seen_at_once(scene: Scene, serving: Serving, change: str) -> None:
    with serving(scene.user):
        assert set(scene.answers().values()) == {True}
        REVOKES[change](scene)
        kept = set() if "delete" in change else MEMBER
        assert {name for name, answer in scene.answers().items() if answer} == kept


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
