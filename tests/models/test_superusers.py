"""The last active superuser stays; two who remove each other at once leave one of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import models, transaction

from authkit.exceptions import LastSuperuserError, StaleUserError
from authkit.models import Status, User


def demote(user: User) -> None:
    user.is_superuser = False
    user.save()


def promote(user: User) -> None:
    user.is_superuser = True
    user.save()


def demote_deferred(user: User) -> None:
    user = User.objects.only("first_name").get(pk=user.pk)
    user.is_superuser = False
    user.save(update_fields=["is_superuser"])


def delete_in_bulk(user: User) -> None:
    User.objects.filter(pk=user.pk).delete()


REMOVALS: dict[str, Callable[[User], Any]] = {
    "block": User.block,
    "disable": User.disable,
    "demote": demote,
    "demote, not loaded": demote_deferred,
    "delete": User.delete,
    "delete a bare key": lambda user: User(pk=str(user.pk)).delete(),
    "delete in bulk": delete_in_bulk,
}
removal = pytest.mark.parametrize("remove", REMOVALS.values(), ids=REMOVALS)


def supers() -> list[User]:
    return list(User.objects.filter(is_superuser=True, status=Status.ACTIVE))


@removal
def test_the_last_active_superuser_stays(
    make_user: Callable[..., User],
    events: Callable[[], list[str]],
    remove: Callable[[User], Any],
) -> None:
    last = make_user(is_superuser=True)
    make_user(is_superuser=True, status=Status.PENDING)
    make_user()
    events()

    with pytest.raises(LastSuperuserError):
        remove(last)

    assert (supers(), events()) == ([last], [])


@removal
def test_the_last_but_one_may_go(
    make_user: Callable[..., User], remove: Callable[[User], Any]
) -> None:
    first, second = make_user(is_superuser=True), make_user(is_superuser=True)

    remove(first)

    assert supers() == [second]


@removal
@pytest.mark.parametrize(
    "fields", [{}, {"is_superuser": True, "status": Status.PENDING}, {"is_staff": True}]
)
def test_others_may_always_go(
    make_user: Callable[..., User], remove: Callable[[User], Any], fields: dict[str, Any]
) -> None:
    last, user = make_user(is_superuser=True), make_user(**fields)
    if remove is User.disable and "status" in fields:
        remove = User.block  # only what is active can be disabled

    remove(user)

    assert supers() == [last]


def test_a_project_without_superusers_can_work(make_user: Callable[..., User]) -> None:
    make_user(), make_user(), make_user().block()
    make_user().delete()

    User.objects.all().delete()

    assert not User.objects.exists()


def test_all_superusers_cannot_go_in_one_call(make_user: Callable[..., User]) -> None:
    make_user(is_superuser=True), make_user(is_superuser=True)

    with pytest.raises(LastSuperuserError):
        User.objects.all().delete()

    assert len(supers()) == 2


def test_credentials_of_the_last_superuser_can_change(make_user: Callable[..., User]) -> None:
    last = make_user(is_superuser=True, is_staff=True)

    User.objects.reset_password(last, "a new password")
    User.objects.set_email(last, "new@example.com")
    last.is_staff = False
    last.save()

    assert supers() == [last]


@removal
@pytest.mark.django_db(transaction=True)
def test_two_who_remove_each_other_leave_one(
    make_user: Callable[..., User],
    together: Callable[..., list[Any]],
    remove: Callable[[User], Any],
) -> None:
    for _round in range(5):
        users = [make_user(is_superuser=True) for _ in range(2)]

        results = together(*[partial(remove, user) for user in users])

        refused = [type(result) for result in results if isinstance(result, Exception)]
        assert (refused, len(supers())) == ([LastSuperuserError], 1)
        models.QuerySet(User).delete()


@pytest.mark.parametrize("remove", [User.block, User.disable, User.delete])
@pytest.mark.database("postgresql", "mariadb")
@pytest.mark.django_db(transaction=True)
def test_a_promotion_in_between_is_noticed(
    make_user: Callable[..., User],
    together: Callable[..., list[Any]],
    remove: Callable[[User], Any],
) -> None:
    last, user = make_user(is_superuser=True), make_user()
    promoted = Event()

    def hand_over() -> None:
        with transaction.atomic():
            promote(User.objects.get(pk=user.pk))
            demote(last)
            promoted.set()
            time.sleep(0.5)  # the other one comes to wait for the row

    def interfere() -> None:
        promoted.wait()
        remove(user)

    results = together(hand_over, interfere)

    assert [type(result) for result in results] == [type(None), StaleUserError]
    assert supers() == [user]


@pytest.mark.parametrize(
    "remove",
    [
        lambda user: async_to_sync(user.adelete)(),
        lambda user: async_to_sync(User.objects.all().adelete)(),
        lambda user: (setattr(user, "is_superuser", False), async_to_sync(user.asave)()),
    ],
    ids=["adelete", "adelete in bulk", "asave"],
)
def test_the_last_one_stays_in_async_code(
    make_user: Callable[..., User], remove: Callable[[User], Any]
) -> None:
    last = make_user(is_superuser=True)

    with pytest.raises(LastSuperuserError):
        remove(last)

    assert supers() == [last]
