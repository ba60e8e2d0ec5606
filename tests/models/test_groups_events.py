"""The events of every way to change groups and memberships."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync

from authkit.models import Event, Group, Membership, User
from authkit.signals import row_changed

FRIDAY = datetime(2030, 1, 4, tzinfo=UTC)


def prolong(rows: list[Membership]) -> None:
    for row in rows:
        row.expires_at = FRIDAY
    Membership.objects.bulk_update(rows, ["expires_at"], batch_size=1)


WAYS: dict[str, tuple[Callable[[Group, User], Any], list[str]]] = {
    "save": (lambda group, user: group.save(), ["group_update"]),
    "asave": (lambda group, user: async_to_sync(group.asave)(), ["group_update"]),
    "create": (lambda group, user: Group.objects.create(name="new"), ["group_create"]),
    "get_or_create": (
        lambda group, user: Group.objects.get_or_create(name="new"),
        ["group_create"],
    ),
    "get_or_create, there": (lambda group, user: Group.objects.get_or_create(name=group.name), []),
    "update_or_create": (
        lambda group, user: Group.objects.update_or_create(name=group.name, defaults={}),
        ["group_update"],
    ),
    "bulk_create": (
        lambda group, user: Group.objects.bulk_create([Group(name=n) for n in "ab"]),
        ["group_create"],
    ),
    "update": (lambda group, user: Group.objects.update(description="new"), ["group_update"]),
    "update of none": (lambda group, user: Group.objects.none().update(description="new"), []),
    "delete": (lambda group, user: group.delete(), ["group_delete"]),
    "adelete": (lambda group, user: async_to_sync(group.adelete)(), ["group_delete"]),
    "delete in bulk": (lambda group, user: Group.objects.all().delete(), ["group_delete"]),
    "delete none": (lambda group, user: Group.objects.none().delete(), []),
    "add": (lambda group, user: Membership.objects.add(group, user), []),
    "prolong": (
        lambda group, user: Membership.objects.add(group, user, expires_at=FRIDAY),
        ["membership_update"],
    ),
    "prolong in bulk": (
        lambda group, user: prolong(list(Membership.objects.all())),
        ["membership_update"],
    ),
    "remove": (lambda group, user: Membership.objects.remove(group, user), ["membership_remove"]),
    "remove in bulk": (
        lambda group, user: group.auth_memberships.all().delete(),
        ["membership_remove"],
    ),
    "add in bulk": (
        lambda group, user: Membership.objects.bulk_create(
            [Membership(group=Group.objects.get(name="others"), user=u) for u in User.objects.all()]
        ),
        ["membership_add"],
    ),
}


@pytest.mark.parametrize(("change", "names"), WAYS.values(), ids=WAYS)
def test_a_change_of_groups_or_members_is_one_event(
    make_user: Callable[..., User],
    make_group: Callable[..., Group],
    events: Callable[[], list[str]],
    change: Callable[[Group, User], Any],
    names: list[str],
) -> None:
    user, other = make_user(), make_user()
    group = make_group("editors", user, other)
    make_group("others")
    events()

    change(group, user)

    assert events() == names


@pytest.mark.parametrize("name", [name for name, (_call, events) in WAYS.items() if events])
def test_a_change_stands_or_falls_with_its_event(
    make_user: Callable[..., User], make_group: Callable[..., Group], name: str
) -> None:
    user, other = make_user(), make_user()
    group = make_group("editors", user, other)
    make_group("others")
    before = everything()

    def refuse(**kwargs: Any) -> None:
        raise RuntimeError

    row_changed.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            WAYS[name][0](group, user)
    finally:
        row_changed.disconnect(refuse)

    assert everything() == before


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Group, Membership, Event)]


def test_an_event_tells_what_was_changed(user: User, make_group: Callable[..., Group]) -> None:
    group = make_group()

    Membership.objects.add(group, user, expires_at=FRIDAY)

    event = Event.objects.latest("pk")
    membership = Membership.objects.get()
    assert (event.name, event.user, event.user_key) == ("membership_add", user, str(user.pk))
    assert event.target == f"authkit.membership {membership.pk}"
    assert event.data == {
        "user": str(user.pk),
        "group": str(group.pk),
        "expires_at": "2030-01-04T00:00:00+00:00",
    }


def test_a_group_written_over_another_is_no_new_one(
    make_group: Callable[..., Group], events: Callable[[], list[str]]
) -> None:
    group = make_group("editors")
    events()

    Group(pk=group.pk, name="writers").save()

    assert (Group.objects.get().name, events()) == ("writers", ["group_update"])


def test_what_is_gone_already_is_not_deleted_again(
    make_group: Callable[..., Group], events: Callable[[], list[str]]
) -> None:
    group = make_group()
    stale = Group.objects.get()
    group.delete()
    events()

    stale.delete()

    assert events() == []


def test_a_signal_tells_which_row_was_changed_and_how(make_group: Callable[..., Group]) -> None:
    told = []

    def listen(*, signal: Any, **arguments: Any) -> None:
        told.append(arguments)

    row_changed.connect(listen)
    try:
        group = make_group("editors")
        Group.objects.update(description="new")
    finally:
        row_changed.disconnect(listen)

    one = {"instance": group, "pk": group.pk, "action": "create", "data": {"name": "editors"}}
    all_of_them = {"instance": None, "pk": None, "action": "update"}
    assert told == [
        {"sender": Group, "using": "default", **one},
        {
            "sender": Group,
            "using": "default",
            **all_of_them,
            "data": {"count": 1, "fields": ["description"]},
        },
    ]
