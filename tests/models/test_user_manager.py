"""How users are made and found, and what the manager's verbs refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, models, transaction

from authkit.exceptions import ProtectedFieldError, StaleUserError
from authkit.models import Status, User


def rows() -> list[dict[str, Any]]:
    return list(User.objects.order_by("pk").values())


def test_create_user_makes_active_users_who_cannot_log_in(db: None) -> None:
    user = User.objects.create_user(" Ann@Example.COM ")

    assert (user.email, user.status, user.is_active) == ("ann@example.com", Status.ACTIVE, True)
    assert user.password.startswith(UNUSABLE_PASSWORD_PREFIX)


@pytest.mark.parametrize("status", Status)
def test_users_are_made_with_any_status(db: None, status: Status) -> None:
    user = User.objects.create_user("ann@example.com", status=status)

    assert (user.status, user.is_active) == (status, status == Status.ACTIVE)


@pytest.mark.parametrize("address", [None, "", "  "])
def test_an_absent_address_is_null(db: None, address: str | None) -> None:
    User.objects.create_user(address)
    User.objects.create_user(address)

    assert [(row["email"], row["email_key"]) for row in rows()] == [(None, None)] * 2


def test_nobody_is_made_inactive_without_a_status(db: None) -> None:
    with pytest.raises(ProtectedFieldError, match="status"):
        User.objects.create_user("ann@example.com", is_active=False)

    assert not User.objects.exists()


@pytest.mark.parametrize("spelling", ["ann@example.com", " ANN@Example.com ", "ａｎｎ@example.com"])
def test_a_user_is_found_by_the_address(make_user: Callable[..., User], spelling: str) -> None:
    user = make_user(email="Ann@example.com")
    make_user(email=None)

    assert User.objects.get_by_email(spelling) == user
    assert User.objects.get_by_natural_key(spelling) == user
    assert async_to_sync(User.objects.aget_by_natural_key)(spelling) == user


@pytest.mark.parametrize(
    ("field", "text"), [("email", "ANN@x.org"), ("username", "ZED"), ("first_name", "Ann")]
)
def test_the_natural_key_is_the_username_field(
    make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch, field: str, text: str
) -> None:
    user = make_user(email="ann@x.org", username="zed", first_name="Ann")
    monkeypatch.setattr(User, "USERNAME_FIELD", field)

    assert User.objects.get_by_natural_key(text) == user


@pytest.mark.parametrize("spelling", ["Zed", "zED", " zed", "ｚｅｄ"])
def test_a_user_is_found_by_the_user_name(make_user: Callable[..., User], spelling: str) -> None:
    user = make_user(username="Zed")
    make_user(username=None)

    assert User.objects.get_by_username(spelling) == user


@pytest.mark.parametrize("find", [User.objects.get_by_email, User.objects.get_by_username])
@pytest.mark.parametrize("text", ["", " ", "nobody", "ann@example.com"])
def test_nobody_is_found_by_nothing(
    make_user: Callable[..., User], find: Callable[[str], User | None], text: str
) -> None:
    make_user(email=None, username=None)

    assert find(text) is None


def test_get_or_create_finds_an_address_in_another_case(user: User) -> None:
    assert User.objects.get_or_create(email="USER1@example.com") == (user, False)


def test_update_or_create_goes_through_save(user: User, events: Callable[[], list[str]]) -> None:
    events()

    User.objects.update_or_create(email=user.email, defaults={"email": "New@example.com"})
    with pytest.raises(ProtectedFieldError):
        User.objects.update_or_create(pk=user.pk, defaults={"status": "pending"})

    row = rows()[0]
    assert (row["email"], row["email_key"]) == ("new@example.com", "new@example.com")
    assert (row["version"], row["status"], events()) == (1, "active", ["user_email"])


@pytest.mark.parametrize("method", ["create", "save", "bulk_create", "acreate", "asave"])
def test_a_variant_of_a_name_is_refused(make_user: Callable[..., User], method: str) -> None:
    make_user(username="Zed")
    make: dict[str, Callable[[], Any]] = {
        "create": lambda: User.objects.create(username="zeD"),
        "save": lambda: User(username="zeD").save(),
        "bulk_create": lambda: User.objects.bulk_create([User(username="zeD")]),
        "acreate": lambda: async_to_sync(User.objects.all().acreate)(username="zeD"),
        "asave": lambda: async_to_sync(User(username="zeD").asave)(),
    }

    with pytest.raises(IntegrityError), transaction.atomic():
        make[method]()

    assert User.objects.count() == 1


def test_an_address_is_set_in_its_stored_form(user: User, events: Callable[[], list[str]]) -> None:
    events()

    User.objects.set_email(user, " New@Example.com ")

    assert (user.email, user.email_key, events()) == (*["new@example.com"] * 2, ["user_email"])
    with pytest.raises(ValueError, match="address"):
        User.objects.set_email(user, " ")


@pytest.mark.parametrize("verb", ["set_password", "reset_password", "set_email", "verify"])
def test_a_verb_refuses_an_old_version(make_user: Callable[..., User], verb: str) -> None:
    user = make_user(status=Status.UNVERIFIED)
    User.objects.end_sessions(User.objects.get(pk=user.pk))
    before = rows()
    values = {"set_password": ["new"], "reset_password": ["new"], "set_email": ["new@example.com"]}

    with pytest.raises(StaleUserError):
        getattr(User.objects, verb)(user, *values.get(verb, []), version=user.version)
    user.first_name = "Ann"
    user.save()

    assert rows() == [before[0] | {"first_name": "Ann"}]


def test_a_verb_on_a_deleted_user_is_stale(user: User) -> None:
    models.QuerySet(User).filter(pk=user.pk).delete()

    with pytest.raises(StaleUserError):
        user.block()
