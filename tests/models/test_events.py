"""Events are added, never changed: on every path of the ORM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import IntegrityError, transaction

from authkit.exceptions import AppendOnlyError
from authkit.models import Event, Outcome, User


@pytest.fixture
def event(user: User) -> Event:
    return Event.objects.create(name="login", user=user, actor=user)


def all_rows() -> list[dict[str, Any]]:
    return list(Event.objects.order_by("pk").values())


def change(event: Event) -> None:
    event.name = "other"
    event.save()


CHANGES: dict[str, Callable[[Event], Any]] = {
    "save": change,
    "save a column": lambda event: event.save(update_fields=["name"]),
    "force an update": lambda event: event.save(force_update=True),
    "asave": lambda event: async_to_sync(event.asave)(),
    "delete": lambda event: event.delete(),
    "adelete": lambda event: async_to_sync(event.adelete)(),
    "update": lambda event: Event.objects.update(name="other"),
    "aupdate": lambda event: async_to_sync(Event.objects.all().aupdate)(name="other"),
    "update none": lambda event: Event.objects.none().update(name="other"),
    "bulk_update": lambda event: Event.objects.bulk_update([event], ["name"]),
    "abulk_update": lambda event: async_to_sync(Event.objects.all().abulk_update)(
        [event], ["name"]
    ),
    "delete all": lambda event: Event.objects.all().delete(),
    "adelete all": lambda event: async_to_sync(Event.objects.all().adelete)(),
    "update_or_create": lambda event: Event.objects.update_or_create(
        pk=event.pk, defaults={"name": "other"}
    ),
    "upsert": lambda event: Event.objects.bulk_create(
        [Event(pk=event.pk, name="other")],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name"],
    ),
    "the user's": lambda event: event.user.auth_events.update(name="other"),
    "the user's, deleted": lambda event: event.user.auth_events.all().delete(),
    "the user's, cleared": lambda event: event.user.auth_events.clear(),
    "the user's, removed": lambda event: event.user.auth_events.remove(event),
}


@pytest.mark.parametrize("call", CHANGES.values(), ids=CHANGES)
def test_an_event_is_never_changed(event: Event, call: Callable[[Event], Any]) -> None:
    before = all_rows()

    with pytest.raises(AppendOnlyError):
        call(event)

    assert all_rows() == before


@pytest.mark.parametrize("options", [{}, {"force_update": True}, {"update_fields": ["name"]}])
def test_a_new_event_never_replaces_another(event: Event, options: dict[str, Any]) -> None:
    before = all_rows()

    with pytest.raises((IntegrityError, ValueError)), transaction.atomic():
        Event(pk=event.pk, name="other").save(**options)

    assert all_rows() == before


def test_the_keys_are_kept_beside_the_users(user: User) -> None:
    Event.objects.create(name="a", user=user, actor=user)
    Event.objects.bulk_create([Event(name="b", user=user), Event(name="c", user_key="17")])

    keys = [(row.user_key, row.actor_key) for row in Event.objects.order_by("-pk")[:3]]
    assert keys == [("17", ""), (str(user.pk), ""), (str(user.pk), str(user.pk))]


@pytest.mark.parametrize("end", [User.delete, lambda user: User.objects.all().delete()])
def test_events_outlive_their_users(event: Event, end: Callable[[User], Any]) -> None:
    user = event.user
    key = str(user.pk)

    end(user)

    row = Event.objects.get(pk=event.pk)
    assert (row.user, row.actor, row.user_key, row.actor_key) == (None, None, key, key)
    deletion = Event.objects.latest("pk")
    assert deletion.name == "user_delete"
    assert key in (deletion.user_key, *deletion.data.get("users", []))


def test_the_latest_come_first(user: User) -> None:
    names = ["a", "b", "c"]
    for name in names:
        Event.objects.create(name=name)

    assert [row.name for row in Event.objects.all()[:3]] == names[::-1]


def test_an_event_has_a_text() -> None:
    assert str(Event(name="login", outcome=Outcome.FAILURE)) == "login (failure)"


def test_every_event_has_its_own_salt() -> None:
    assert len({Event().salt for _ in range(10)}) == 10
