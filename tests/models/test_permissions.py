"""Permissions: granted once, on a capability, a model or a record; the events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models

from authkit.models import Event, Group, Permission
from authkit.models.targets import NIL
from tests.models.conftest import stored
from tests.models.library import Book, EBook, Shelf

FRIDAY = datetime(2030, 1, 4, tzinfo=UTC)

Target = type[models.Model] | models.Model | None


@pytest.fixture
def group(make_group: Callable[..., Group]) -> Group:
    return make_group("editors")


@pytest.fixture
def targets(book: Book, shelf: Shelf) -> dict[str, Target]:
    return {"capability": None, "model": Book, "record": book, "record with a UUID": shelf}


TARGETS = {
    "capability": ("", 0, NIL),
    "model": ("library.book", 0, NIL),
    "record": ("library.book 5", 5, NIL),
    "record with a UUID": (f"library.shelf {NIL.hex[:-1]}5", 0, None),
}
each_target = pytest.mark.parametrize("kind", TARGETS)


@each_target
def test_a_grant_is_made_once(group: Group, targets: dict[str, Target], kind: str) -> None:
    grants = [Permission.objects.add(group, "read", targets[kind]) for _ in range(3)]

    assert grants == [Permission.objects.get()] * 3


@each_target
def test_a_grant_ends_when_it_was_said_last(
    group: Group, targets: dict[str, Target], kind: str
) -> None:
    for time in [None, FRIDAY, None, FRIDAY]:
        grant = Permission.objects.add(group, "read", targets[kind], expires_at=time)
        assert grant.expires_at == Permission.objects.get().expires_at == time


@each_target
def test_a_grant_is_revoked_on_its_target_alone(
    group: Group, targets: dict[str, Target], kind: str
) -> None:
    for target in targets.values():
        Permission.objects.add(group, "read", target)
        Permission.objects.add(group, "write", target)

    counts = [Permission.objects.remove(group, "read", targets[kind]) for _ in range(2)]

    assert counts == [1, 0]
    assert Permission.objects.count() == 2 * len(targets) - 1


@each_target
def test_a_grant_says_what_it_is(
    group: Group, targets: dict[str, Target], shelf: Shelf, kind: str
) -> None:
    grant = Permission.objects.add(group, "read", targets[kind])

    text = f"library.shelf {shelf.pk}" if kind == "record with a UUID" else TARGETS[kind][0]
    assert str(grant) == f"editors: read {text}".rstrip()
    assert grant.target == Permission.objects.get().target
    assert Event.objects.latest("pk").data == {
        "group": str(group.pk),
        "name": "read",
        "target": text,
        "expires_at": None,
    }


def test_a_proxy_shares_the_grants_of_its_model(group: Group, book: Book) -> None:
    assert Permission.objects.add(group, "read", book) == Permission.objects.add(
        group, "read", stored(EBook(pk=5))
    )


def test_the_target_key_follows_the_model(group: Group) -> None:
    kind = ContentType.objects.get_for_model(Group)

    one = Permission.objects.create(group=group, name="a", content_type=kind)
    [two] = Permission.objects.bulk_create([Permission(group=group, name="b", content_type=kind)])
    two.content_type = None
    two.save()

    assert [row.target_key for row in Permission.objects.order_by("pk")] == [kind.pk, 0]
    assert one.target_key == kind.pk


@pytest.mark.parametrize("name", ["read", "ban users", "Ünïcode ✓", "a.b_c/d", "%s {0} {{7*7}}"])
def test_names_are_free(group: Group, name: str) -> None:
    assert Permission.objects.add(group, name).name == name
    Permission.objects.get(name=name).full_clean()


@pytest.mark.parametrize(
    "name", ["", "a\n", "\x00", "a\x1bb", "\x7f", "\x85", "\u2028", "a" * 101], ids=ascii
)
def test_some_names_are_refused(group: Group, name: str) -> None:
    with pytest.raises(ValidationError):
        Permission.objects.add(group, name)
    with pytest.raises(ValidationError):
        Permission(group=group, name=name).full_clean()
    assert Permission.objects.remove(group, name.replace("\x00", "")) == 0


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda group: Permission.objects.add(group, "write"), ["permission_add"]),
        (lambda group: Permission.objects.add(group, "read"), []),
        (
            lambda group: Permission.objects.add(group, "read", expires_at=FRIDAY),
            ["permission_update"],
        ),
        (lambda group: Permission.objects.remove(group, "read"), ["permission_remove"]),
        (lambda group: Permission.objects.remove(group, "other"), []),
        (lambda group: Permission.objects.all().delete(), ["permission_remove"]),
        (lambda group: Permission.objects.update(expires_at=FRIDAY), ["permission_update"]),
        (
            lambda group: Permission.objects.bulk_create(
                [Permission(group=group, name=name) for name in "ab"]
            ),
            ["permission_add"],
        ),
        (lambda group: group.delete(), ["group_delete"]),
    ],
)
def test_a_change_of_grants_is_one_event(
    group: Group,
    events: Callable[[], list[str]],
    change: Callable[[Group], Any],
    names: list[str],
) -> None:
    Permission.objects.add(group, "read")
    Permission.objects.add(group, "read", Book)
    events()

    change(group)

    assert events() == names


def test_grants_go_with_their_group_and_their_model(group: Group, book: Book) -> None:
    Permission.objects.add(group, "read", book)
    Permission.objects.add(group, "read", Shelf)

    ContentType.objects.get_for_model(Book).delete()
    after_model = list(Permission.objects.values_list("content_type__model", flat=True))
    group.delete()

    assert (after_model, Permission.objects.count()) == (["shelf"], 0)
