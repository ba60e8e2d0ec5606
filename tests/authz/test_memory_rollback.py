"""Nothing is remembered of what may still be undone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from authkit import auth
from authkit.models import Group, User
from tests.authz.scene import ENDS, REVOKES, Scene, Serving, cost

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def undone() -> Iterator[None]:
    """A block, or one within another, that is rolled back at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_within_a_transaction_nothing_is_remembered_after_a_write(
    scene: Scene, serving: Serving
) -> None:
    ask = scene.questions()["record"]
    with serving(scene.user):
        with transaction.atomic():
            assert [cost(ask), cost(ask)] == [1, 0]
            with transaction.atomic():
                auth.remove_permission(scene.group, "write", scene.post)
                assert [cost(ask), cost(ask)] == [1, 1]
            assert [cost(ask), cost(ask)] == [1, 1]
        assert [cost(ask), cost(ask)] == [1, 0]
        assert not ask()


@pytest.mark.parametrize("change", [*REVOKES, *ENDS])
@pytest.mark.parametrize("inner", [False, True])
def test_a_rollback_leaves_no_wrong_answer(
    scene: Scene, serving: Serving, change: str, *, inner: bool
) -> None:
    changes = {**ENDS, **REVOKES}
    with serving(scene.user) as request:
        scene.answers()
        with transaction.atomic():
            with undone():
                changes[change](scene)
                changed = scene.answers()
                assert not all(changed.values())
            # Instances keep what was rolled back: status and key.
            request.user = scene.user = User.objects.get(pk=scene.user.pk)
            scene.group = Group.objects.get(name="writers")
            if inner:
                assert set(scene.answers().values()) == {True}
        assert set(scene.answers().values()) == {True}


def test_a_rolled_back_grant_is_no_answer(scene: Scene, serving: Serving) -> None:
    def ask() -> bool:
        return auth.has_permission("new", user=scene.user)

    with serving(scene.user):
        for undo_all in (False, True):
            with undone():
                assert not ask()
                with undone():
                    auth.add_permission(scene.group, "new")
                    assert ask()
                assert not ask()
                if undo_all:
                    auth.add_permission(scene.group, "new")
                    assert ask()
            assert not ask()


def test_a_block_that_follows_does_not_inherit_what_is_unsure(
    scene: Scene, serving: Serving
) -> None:
    ask = scene.questions()["record"]
    with serving(scene.user):
        with undone():
            auth.remove_permission(scene.group, "write", scene.post)
            assert not ask()
        with transaction.atomic():
            assert ask()
        assert ask()
        with transaction.atomic():
            assert cost(ask) == 0
