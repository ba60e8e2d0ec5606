"""Users in bulk: what must go through a verb is refused, a call is one event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db.models import F, Value
from django.db.models.functions import Concat

from authkit.exceptions import ProtectedFieldError
from authkit.models import Action, Event, Group, Status, User
from authkit.models.batches import MOST_KEYS
from authkit.signals import user_changed

PROTECTED = {
    "status": "active",
    "is_active": True,
    "version": 5,
    "blocked_from": "active",
    "password": "a hash",
    "email": "a@example.com",
    "email_key": "a@example.com",
    "username": "a",
    "username_key": "a",
    "is_staff": True,
    "is_superuser": True,
}


def rows() -> list[dict[str, Any]]:
    return list(User.objects.order_by("pk").values())


@pytest.mark.parametrize("value", [None, F("first_name")], ids=["value", "expression"])
@pytest.mark.parametrize("name", PROTECTED)
def test_update_refuses_what_a_verb_writes(user: User, name: str, value: Any) -> None:
    before = rows()

    with pytest.raises(ProtectedFieldError, match=name):
        User.objects.update(**{name: PROTECTED[name] if value is None else value})

    assert rows() == before


@pytest.mark.parametrize("name", PROTECTED)
def test_bulk_update_refuses_what_a_verb_writes(user: User, name: str) -> None:
    before = rows()
    setattr(user, name, PROTECTED[name])

    with pytest.raises(ProtectedFieldError, match=name):
        User.objects.bulk_update([user], ["first_name", name])

    assert rows() == before


@pytest.mark.parametrize("name", PROTECTED)
def test_an_upsert_refuses_what_a_verb_writes(user: User, name: str) -> None:
    before = rows()
    twin = User(pk=user.pk, email="twin@example.com")

    with pytest.raises(ProtectedFieldError, match=name):
        User.objects.bulk_create(
            [twin], update_conflicts=True, unique_fields=["id"], update_fields=[name]
        )

    assert rows() == before


BULK: dict[str, tuple[Callable[[list[User]], Any], str]] = {
    "update": (lambda users: User.objects.update(first_name="Ann"), "user_update"),
    "update with an expression": (
        lambda users: User.objects.update(first_name=Concat("last_name", Value("!"))),
        "user_update",
    ),
    "aupdate": (
        lambda users: async_to_sync(User.objects.all().aupdate)(first_name="Ann"),
        "user_update",
    ),
    "bulk_update": (
        lambda users: User.objects.bulk_update(users, ["first_name"], batch_size=1),
        "user_update",
    ),
    "delete": (lambda users: User.objects.all().delete(), "user_delete"),
    "adelete": (lambda users: async_to_sync(User.objects.all().adelete)(), "user_delete"),
    "bulk_create": (
        lambda users: User.objects.bulk_create([User(email=f"{i}@x.org") for i in range(3)]),
        "user_create",
    ),
}


@pytest.mark.parametrize(("call", "event"), BULK.values(), ids=BULK)
def test_a_bulk_call_is_one_event(
    make_user: Callable[..., User],
    events: Callable[[], list[str]],
    call: Callable[[list[User]], Any],
    event: str,
) -> None:
    users = [make_user() for _ in range(3)]
    events()

    call(users)

    assert events() == [event]
    assert Event.objects.latest("pk").data["count"] == 3


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "listed"), [(User, "users"), (Group, "pks")])
def test_the_event_of_a_deletion_lists_no_more_than_so_many_keys(
    model: type[Any], listed: str
) -> None:
    field = "email" if model is User else "name"
    model.objects.bulk_create(
        [model(**{field: f"{number}@example.com"}) for number in range(MOST_KEYS + 1)]
    )

    model.objects.order_by("pk").delete()

    data = Event.objects.latest("pk").data
    assert (data["count"], len(data[listed])) == (MOST_KEYS + 1, MOST_KEYS)


@pytest.mark.parametrize(
    "call",
    [
        lambda: User.objects.filter(pk=0).update(first_name="Ann"),
        lambda: User.objects.filter(pk=0).delete(),
        lambda: User.objects.bulk_create([]),
        lambda: User.objects.update(last_login=datetime.now(UTC)),
    ],
    ids=["update", "delete", "bulk_create", "logins"],
)
def test_nothing_done_is_no_event(
    user: User, events: Callable[[], list[str]], call: Callable[[], Any]
) -> None:
    events()

    call()

    assert events() == []


@pytest.mark.parametrize("name", [name for name in BULK if name != "bulk_create"])
def test_a_bulk_call_stands_or_falls_with_its_event(
    make_user: Callable[..., User], name: str
) -> None:
    users = [make_user() for _ in range(3)]
    before = rows()

    def refuse(**kwargs: Any) -> None:
        raise RuntimeError

    user_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            BULK[name][0](users)
    finally:
        user_changed.disconnect(refuse)

    assert rows() == before


def test_users_made_in_bulk_are_whole(db: None) -> None:
    User.objects.bulk_create(
        [User(email=" Ann@Example.COM ", username="Ann"), User(status=Status.BLOCKED)]
    )

    ann, blocked = rows()
    names = ("email", "email_key", "username_key", "is_active", "blocked_from")
    assert [ann[name] for name in names] == ["ann@example.com"] * 2 + ["ann", True, ""]
    assert [blocked[name] for name in names] == [None, None, None, False, "active"]


def test_users_made_in_bulk_can_be_saved(db: None) -> None:
    [user] = User.objects.bulk_create([User(email="ann@example.com")])
    user.first_name = "Ann"
    user.set_password("secret")

    user.save()

    assert (rows()[0]["first_name"], rows()[0]["version"]) == ("Ann", 1)
    assert User.objects.get().check_password("secret")


def test_a_signal_tells_who_was_changed_and_how(user: User) -> None:
    told = []

    def listen(*, signal: Any, **arguments: Any) -> None:
        told.append(arguments)

    user_changed.connect(listen)
    try:
        user.block()
        User.objects.update(first_name="Ann")
        pk = user.pk
        user.delete()
    finally:
        user_changed.disconnect(listen)

    both = {"sender": User, "using": "default", "users": ()}
    data = {"from": "active", "to": "blocked"}
    assert told == [
        {**both, "user": user, "pk": pk, "action": Action.BLOCK, "data": data},
        {
            **both,
            "user": None,
            "pk": None,
            "action": Action.UPDATE,
            "data": {"count": 1, "fields": ["first_name"]},
        },
        {**both, "user": user, "pk": pk, "action": Action.DELETE, "data": {}},
    ]
