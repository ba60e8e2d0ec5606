"""What the databases themselves accept and refuse: every constraint, past the models' own code."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import UTC, datetime
from itertools import product

import pytest

from authkit.models import Group, Membership, Permission, Status
from authkit.models.targets import NIL
from tests.models.rows import (
    Row,
    event,
    group,
    house,
    is_accepted,
    mail,
    membership,
    permission,
    person,
    tag,
    user,
)

pytestmark = pytest.mark.django_db

SOME, OTHER = uuid.UUID(int=7), uuid.UUID(int=8)
FRIDAY = datetime(2030, 1, 4, tzinfo=UTC)
NFC, NFD = "é", unicodedata.normalize("NFD", "é")
STATUS_AND_ACTIVITY = {
    f"a user who is {status} and {'' if is_active else 'not '}active": (
        [user(status=status, is_active=is_active, blocked_from="active" * (status == "blocked"))],
        is_active == (status == "active"),
    )
    for status, is_active in product(Status.values, (True, False))
}
ALIKE = [
    ("Admin", "admin"),
    ("ß", "ss"),
    (NFC, NFD),
    ("a", "a "),
    (" a", "a"),
    ("é", "e"),
    ("İ", "i"),
]
WILD = [
    ("a%", "ab"),
    ("a_", "ab"),
    ("a\\", "a"),
    ("a\\%", "a%"),
    ("ſ", "s"),
    ("\u212a", "K"),
    ("Ⅳ", "IV"),
]
NAMES_APART = {
    f"{kind} {one!r} beside {other!r}": ([make(one), make(other)], True)
    for (one, other), (kind, make) in product(
        ALIKE + WILD,
        {
            "a group": group,
            "a grant": permission,
            "a grant on a record": lambda name: permission(name, on="user", object_id=5),
            "a tag": tag,
            "a namespace": lambda name: tag(namespace=name),
        }.items(),
    )
}
USERS_ALIKE = {
    f"{field} {one!r} beside {other!r}": ([user(**{field: one}), user(**{field: other})], False)
    for field, one, other in [
        ("email", "ann@example.com", "ann@example.com"),
        ("email", "ann@example.com", "Ann@Example.COM"),
        ("email", "ann@example.com", "ａｎｎ@example.com"),
        ("email", "ann@straße.example", "ann@strasse.example"),
        ("email", f"ann@caf{NFC}.example", f"ann@caf{NFD}.example"),
        ("username", "zed", "zed"),
        ("username", "Zed", "zED"),
        ("username", "zed", " zed "),
        ("username", "zed", "ｚｅｄ"),
        ("username", "straße", "STRASSE"),
        ("username", f"andr{NFC}", f"ANDR{NFD}".upper()),
        ("username", "ﬁle", "file"),
    ]
}
CASES: dict[str, tuple[list[Row], bool]] = {
    **USERS_ALIKE,
    "the same stored address under two keys": (
        [user(email="a@b.c", email_key="1"), user(email="a@b.c", email_key="2")],
        False,
    ),
    "two users without address or name": ([user(), user()], True),
    "two empty addresses": ([user(email="", email_key=None)] * 2, False),
    "two empty keys": ([user(username_key="")] * 2, False),
    "addresses whose keys differ in the case": ([user(email_key="a"), user(email_key="A")], True),
    "addresses whose keys differ in a space": ([user(email_key="a"), user(email_key="a ")], True),
    **STATUS_AND_ACTIVITY,
    "an unknown status": ([user(status="gone", is_active=False)], False),
    "an empty status": ([user(status="", is_active=False)], False),
    "a status in capitals": ([user(status="Pending", is_active=False)], False),
    "a block that remembers nothing": ([user(status="blocked", is_active=False)], False),
    "a block that remembers": ([user(status="blocked", blocked_from="pending")], True),
    "a memory without a block": ([user(status="pending", blocked_from="active")], False),
    "a version below zero": ([user(version=-1)], False),
    "the same group twice": ([group("editors"), group("editors")], False),
    "a membership twice": ([membership(), membership()], False),
    "a membership twice, once for a time": ([membership(), membership(expires_at=FRIDAY)], False),
    "two members": ([membership("ann"), membership("bob")], True),
    "two groups of a member": ([membership(where="editors"), membership(where="writers")], True),
    "a membership of nobody": ([lambda: Membership(user_id=987654, group=house("a"))], False),
    "a membership in nothing": ([lambda: Membership(user=person("ann"), group_id=987654)], False),
    "a capability twice": ([permission(), permission()], False),
    "a capability twice, once for a time": ([permission(), permission(expires_at=FRIDAY)], False),
    "a capability of two groups": ([permission(), permission(where="writers")], True),
    "two capabilities": ([permission("read"), permission("write")], True),
    "a model twice": ([permission(on="user"), permission(on="user")], False),
    "two models": ([permission(on="user"), permission(on="group")], True),
    "a record twice": ([permission(on="user", object_id=5)] * 2, False),
    "two records": ([permission(on="user", object_id=5), permission(on="user", object_id=6)], True),
    "a record with a UUID twice": ([permission(on="user", object_uuid=SOME)] * 2, False),
    "two records with UUIDs": (
        [permission(on="user", object_uuid=SOME), permission(on="user", object_uuid=OTHER)],
        True,
    ),
    "the same key on two models": (
        [permission(on="user", object_id=5), permission(on="group", object_id=5)],
        True,
    ),
    "the largest keys": (
        [permission(on="user", object_id=2**63 - 1), permission(on="user", object_id=-(2**63))],
        True,
    ),
    "capability, model and records of one name": (
        [permission(), permission(on="user")]
        + [permission(on="user", object_id=5), permission(on="user", object_uuid=SOME)],
        True,
    ),
    "a grant in nothing": ([lambda: Permission(group_id=987654, name="read")], False),
    "a record without model": ([permission(object_id=5)], False),
    "a UUID without model": ([permission(object_uuid=SOME)], False),
    "both keys": ([permission(on="user", object_id=5, object_uuid=SOME)], False),
    "a model without target key": ([permission(on="user", target_key=0)], False),
    "a model with another's target key": ([permission(on="user", target_key=987654)], False),
    "a target key without model": ([permission(target_key=1)], False),
    "a target key below zero": ([permission(target_key=-1)], False),
    "a model that does not exist": ([permission(content_type_id=98, target_key=98)], False),
    "a tag twice": ([tag(), tag()], False),
    "a tag on a UUID twice": ([tag(object_id=0, object_uuid=SOME)] * 2, False),
    "a tag in two namespaces": ([tag(namespace="topics"), tag(namespace="places")], True),
    "a tag on two records": ([tag(object_id=5), tag(object_id=6)], True),
    "a tag on two models": ([tag(on="user"), tag(on="group")], True),
    "two tags on a record": ([tag("a"), tag("a/b")], True),
    "a tag on a model": ([tag(object_id=0)], False),
    "a tag on nothing": ([tag(on="", object_id=0)], False),
    "a tag on a record without model": ([tag(on="")], False),
    "a tag with both keys": ([tag(object_uuid=SOME)], False),
    "a tag with another's target key": ([tag(target_key=987654)], False),
    "a sequence twice": ([event(sequence=1), event(sequence=1)], False),
    "two sequences": ([event(sequence=1), event(sequence=2)], True),
    "two unsealed events": ([event(), event()], True),
    "an event about nobody": ([event(user_id=987654)], False),
    "an event by nobody": ([event(actor_id=987654)], False),
    "two mails alike": ([mail(), mail()], True),
    "a mail to nobody's account": ([mail(user_id=987654)], False),
    "a mail tried less than never": ([mail(attempts=-1)], False),
    **NAMES_APART,
}


@pytest.mark.parametrize(("rows", "accepted"), CASES.values(), ids=CASES.keys())
def test_the_database_accepts(rows: list[Row], *, accepted: bool) -> None:
    assert is_accepted(*rows) is accepted


def test_names_are_found_by_their_bytes_alone() -> None:
    names = sorted({name for pair in ALIKE + WILD for name in pair} | {NFC, "%", "_"})
    for name in names:
        Group.objects.create_group(name)

    assert {name: list(Group.objects.filter(name=name)) for name in names} == {
        name: [Group.objects.get_by_natural_key(name)] for name in names
    }


def test_names_are_ordered_by_their_bytes() -> None:
    names = ["B", "a", "A", "b", "é", "z", "a/b", "a0", "a-", "Ω", "\U0001f600", "\uffee", "a "]
    for name in names:
        Group.objects.create_group(name)

    found = list(Group.objects.order_by("name").values_list("name", flat=True))
    assert found == sorted(names, key=lambda name: name.encode())


def test_the_nil_uuid_is_stored_as_such() -> None:
    permission()().save()

    assert Permission.objects.filter(object_uuid=NIL, object_id=0, target_key=0).count() == 1
