"""What happens at the same instant, on real connections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, models
from django.utils import timezone

from authkit.models import Event, Group, Mail, Membership, Permission, Tag, User
from tests.models.library import Book
from tests.models.test_users import OlderHasher

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 20
FRIDAY = datetime(2030, 1, 4, tzinfo=UTC)


def kinds(results: list[Any]) -> Counter[str]:
    """How often each type was returned or raised."""
    return Counter(type(result).__name__ for result in results)


def test_one_of_several_spellings_becomes_a_user(together: Callable[..., list[Any]]) -> None:
    for number in range(5):
        names = [f"Zed{number}", f"zed{number}", f"ZED{number}"] * 2
        results = together(*[partial(User.objects.create_user, username=name) for name in names])

        assert kinds(results) == {"User": 1, "IntegrityError": 5}
        assert User.objects.filter(username_key=f"zed{number}").count() == 1


def test_one_of_several_spellings_has_the_address(together: Callable[..., list[Any]]) -> None:
    for number in range(5):
        spellings = [f"Ann{number}@x.org", f"ann{number}@X.org", f"ａnn{number}@x.org"] * 2
        results = together(*[partial(User.objects.create_user, text) for text in spellings])

        assert kinds(results) == {"User": 1, "IntegrityError": 5}


def test_a_link_sets_one_password(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(5):
        pk = make_user(status="disabled").pk
        copies = [User.objects.get(pk=pk) for _ in range(4)]

        results = together(
            *[
                partial(User.objects.reset_password, user, f"password {number}", version=0)
                for number, user in enumerate(copies)
            ]
        )

        assert kinds(results) == {"NoneType": 1, "StaleUserError": 3}
        user = User.objects.get(pk=pk)
        assert (user.version, user.status) == (1, "active")
        winner = [type(result) for result in results].index(type(None))
        assert check_password(f"password {winner}", user.password)
        assert Event.objects.filter(user=user, name="user_password").count() == 1


def change(user: User, password: str) -> None:
    user.set_password(password)
    user.save()


def test_of_two_password_changes_one_wins(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(5):
        pk = make_user().pk
        copies = [User.objects.get(pk=pk) for _ in range(2)]
        sessions = copies[0].get_session_auth_hash()

        results = together(*[partial(change, user, f"new {user.pk}") for user in copies])

        assert kinds(results) == {"NoneType": 1, "StaleUserError": 1}
        assert User.objects.get(pk=pk).get_session_auth_hash() != sessions


def test_a_rehash_beside_a_change_keeps_the_change(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(5):
        user = outdated(make_user())
        copies = [User.objects.get(pk=user.pk) for _ in range(2)]

        results = together(
            partial(copies[0].check_password, "old"),
            partial(User.objects.set_password, copies[1], "new"),
        )

        assert results == [True, None]
        assert User.objects.get(pk=user.pk).check_password("new")


def outdated(user: User) -> User:
    hasher = OlderHasher()
    old = hasher.encode("old", hasher.salt())
    models.QuerySet(User).filter(pk=user.pk).update(password=old)
    return user


def adders(group: Group, user: User, book: Book) -> dict[str, Callable[..., Any]]:
    return {
        "membership": partial(Membership.objects.add, group, user),
        "capability": partial(Permission.objects.add, group, "read"),
        "model": partial(Permission.objects.add, group, "read", Book),
        "record": partial(Permission.objects.add, group, "read", book),
        "tag": partial(Tag.objects.add, "topics", book, "a/b"),
    }


KINDS = ["membership", "capability", "model", "record", "tag"]
TABLES: dict[str, Any] = {"membership": Membership, "tag": Tag}


@pytest.mark.parametrize("kind", KINDS)
def test_a_crowd_that_adds_the_same_makes_one_row(
    user: User, book: Book, together: Callable[..., list[Any]], kind: str
) -> None:
    table = TABLES.get(kind, Permission)
    for number in range(3):
        add = adders(Group.objects.create_group(f"group{number}"), user, book)[kind]
        table.objects.all().delete()
        events = Event.objects.filter(name__endswith="_add")
        before = events.count()

        results = together(*[add] * CROWD)

        assert kinds(results) == {table.__name__: CROWD}
        assert len({row.pk for row in results}) == table.objects.count() == 1
        assert events.count() == before + 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "tag"])
def test_a_crowd_that_adds_for_different_times_makes_one_row(
    user: User, book: Book, together: Callable[..., list[Any]], kind: str
) -> None:
    add = adders(Group.objects.create_group("editors"), user, book)[kind]
    times = [FRIDAY + timedelta(days=day) for day in range(CROWD - 1)] + [None]

    results = together(*[partial(add, expires_at=time) for time in times])

    table = TABLES.get(kind, Permission)
    assert kinds(results) == {table.__name__: CROWD}
    assert table.objects.get().expires_at in times
    add(expires_at=FRIDAY)
    assert table.objects.get().expires_at == FRIDAY


def test_adding_and_removing_never_fail(
    user: User, make_group: Callable[..., Group], together: Callable[..., list[Any]]
) -> None:
    group = make_group()

    def grant(number: int) -> None:
        for _round in range(10):
            Membership.objects.add(group, user, expires_at=FRIDAY + timedelta(days=number))

    def revoke() -> None:
        for _round in range(10):
            Membership.objects.remove(group, user)

    results = together(*[partial(grant, number) for number in range(3)], *[revoke] * 3)

    assert results == [None] * 6
    assert Membership.objects.count() <= 1


def test_deleting_a_group_leaves_no_orphans(
    user: User, make_group: Callable[..., Group], together: Callable[..., list[Any]]
) -> None:
    for _round in range(5):
        group = make_group()
        delete = Group.objects.get(pk=group.pk).delete

        results = together(*[partial(Membership.objects.add, group, user)] * 5, delete)

        raised = {type(result) for result in results if isinstance(result, Exception)}
        assert raised <= {IntegrityError}
        groups = Group.objects.values("pk")
        assert not Membership.objects.exclude(group__in=groups).exists()


def test_a_mail_is_claimed_once(db: None, together: Callable[..., list[Any]]) -> None:
    queued = {Mail.objects.queue("registration", f"{number}@x.org").pk for number in range(100)}

    def claim() -> list[int]:
        claimed = []
        while mail := Mail.objects.claim():
            claimed.append(mail.pk)
        return claimed

    claimed = [pk for pks in together(*[claim] * 8) for pk in pks]

    assert (len(claimed), set(claimed)) == (100, queued)
    assert set(Mail.objects.values_list("attempts", flat=True)) == {1}
    assert not Mail.objects.filter(next_try__lte=timezone.now()).exists()


def test_blocking_beside_anything_else_leaves_a_legal_state(
    make_user: Callable[..., User], together: Callable[..., list[Any]]
) -> None:
    for _round in range(5):
        pk = make_user(status="unverified").pk
        load = partial(User.objects.get, pk=pk)

        results = together(
            load().block,
            partial(User.objects.verify, load()),
            partial(User.objects.reset_password, load(), "new"),
            partial(User.objects.end_sessions, load()),
        )

        allowed = {"NoneType", "StaleUserError", "StatusError"}
        assert set(kinds(results)) <= allowed
        user = User.objects.get(pk=pk)
        done = sum(result is None for result in results)
        assert (user.status, user.version, user.is_active) == ("blocked", done, False)
