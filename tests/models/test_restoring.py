"""What is left of a user after a change that failed, and of a copy."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from authkit.exceptions import StaleUserError
from authkit.models import Status, User
from authkit.signals import user_changed


def row(user: User) -> dict[str, Any]:
    return User.objects.filter(pk=user.pk).values().get()


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_failed_save_can_be_mended(make_user: Callable[..., User]) -> None:
    user, other = make_user(), make_user()
    user.email = other.email
    with pytest.raises(IntegrityError), transaction.atomic():
        user.save()

    user.email = "mended@example.com"
    user.save()

    assert (row(user)["email"], row(user)["version"]) == ("mended@example.com", 1)


@pytest.fixture
def refusal() -> Any:
    """A receiver that fails."""

    def refuse(**kwargs: Any) -> None:
        raise RuntimeError

    user_changed.connect(refuse)
    yield
    user_changed.disconnect(refuse)


def block(user: User) -> None:
    user.block()


def set_password(user: User) -> None:
    User.objects.set_password(user, "another password")


def save(user: User) -> None:
    user.email = "new@example.com"
    user.save()


def delete(user: User) -> None:
    user.delete()


@pytest.mark.parametrize("verb", [block, set_password, save, delete])
def test_a_change_stands_or_falls_with_its_receivers(
    user: User, refusal: None, verb: Callable[[User], None]
) -> None:
    before, loaded = row(user), (user.pk, user.status, user.password, user.version)

    with pytest.raises(RuntimeError):
        verb(user)

    assert row(user) == before
    assert (user.pk, user.status, user.password, user.version) == loaded


def test_so_does_a_new_user(refusal: None, db: None) -> None:
    user = User(email="ann@example.com")

    with pytest.raises(RuntimeError):
        user.save()

    assert (user.pk, user._state.adding, User.objects.count()) == (None, True, 0)


def test_a_new_user_never_replaces_another(user: User) -> None:
    before = row(user)

    with pytest.raises(IntegrityError), transaction.atomic():
        User(pk=user.pk, email="mallory@example.com", is_superuser=True).save()

    assert row(user) == before


def test_a_deleted_user_is_not_written_again(user: User) -> None:
    stale = again(user)
    user.delete()
    stale.first_name = "Ann"

    with pytest.raises(DatabaseError):
        stale.save()

    assert not User.objects.exists()


def test_a_user_made_from_another_is_a_new_one(user: User) -> None:
    old = user.pk
    user.pk, user.email, user.username = None, "twin@example.com", "twin"

    user.save()

    assert User.objects.get(email="twin@example.com").pk == user.pk != old


@pytest.mark.parametrize(
    "twin", [copy.copy, copy.deepcopy, lambda user: pickle.loads(pickle.dumps(user))]
)
def test_a_copy_knows_what_was_loaded(user: User, twin: Callable[[User], User]) -> None:
    user = again(user)
    other = twin(user)
    user.block()

    other.first_name = "Ann"
    other.save()
    other.set_password("x")

    with pytest.raises(StaleUserError):
        other.save()
    assert (row(user)["status"], row(user)["first_name"]) == (Status.BLOCKED, "Ann")
