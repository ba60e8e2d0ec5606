"""A user's password, sessions, validation and rights."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import modelform_factory
from django.test import Client
from django.urls import reverse

from authkit.exceptions import StaleUserError
from authkit.models import Status, User
from tests.conftest import PASSWORD
from tests.hashers import FastArgon2idHasher


class OlderHasher(FastArgon2idHasher):
    """The same algorithm with other parameters: its hashes are outdated."""

    memory_cost = 16


def row(user: User) -> dict[str, Any]:
    return User.objects.filter(pk=user.pk).values().get()


@pytest.fixture
def outdated(user: User) -> User:
    """A user whose hash has the parameters of yesterday."""
    hasher = OlderHasher()
    old = hasher.encode(PASSWORD, hasher.salt())
    models.QuerySet(User).filter(pk=user.pk).update(password=old)
    return User.objects.get(pk=user.pk)


def check(user: User, password: str) -> bool:
    return user.check_password(password)


def acheck(user: User, password: str) -> bool:
    return async_to_sync(user.acheck_password)(password)


@pytest.mark.parametrize("ask", [check, acheck])
def test_an_outdated_hash_is_replaced_without_a_trace(
    outdated: User, events: Callable[[], list[str]], ask: Callable[[User, str], bool]
) -> None:
    old = outdated.password
    events()

    assert ask(outdated, PASSWORD)

    assert row(outdated)["password"] == outdated.password != old
    assert (row(outdated)["version"], events()) == (0, [])
    outdated.first_name = "Ann"
    outdated.save()
    assert (row(outdated)["version"], events()) == (0, ["user_update"])


def test_an_outdated_hash_that_is_replaced_ends_no_session(
    outdated: User, client_for: Callable[[User], Client]
) -> None:
    clients = [client_for(outdated), client_for(outdated)]

    response = clients[0].post(reverse("account_reauthenticate"), {"password": PASSWORD})

    assert response.status_code == 302
    assert row(outdated)["password"] != outdated.password
    pages = [client.get(reverse("account_profile")).status_code for client in clients]
    assert pages == [200, 200]


@pytest.mark.parametrize("ask", [check, acheck])
def test_a_wrong_password_replaces_nothing(
    outdated: User, ask: Callable[[User, str], bool]
) -> None:
    before = row(outdated)

    assert not ask(outdated, "wrong")

    assert row(outdated) == before


@pytest.mark.parametrize("ask", [check, acheck])
def test_an_outdated_hash_never_brings_an_old_password_back(
    outdated: User, ask: Callable[[User, str], bool]
) -> None:
    User.objects.set_password(User.objects.get(pk=outdated.pk), "another password")
    before = row(outdated)

    assert ask(outdated, PASSWORD)
    outdated.first_name = "Ann"
    outdated.save()

    assert row(outdated) == before | {"first_name": "Ann"}


VERBS: dict[str, tuple[Callable[[User], Any], bool]] = {
    "set_password": (lambda user: User.objects.set_password(user, "new"), True),
    "the same password": (lambda user: User.objects.set_password(user, PASSWORD), True),
    "reset_password": (lambda user: User.objects.reset_password(user, "new"), True),
    "set_email": (lambda user: User.objects.set_email(user, "new@example.com"), True),
    "end_sessions": (User.objects.end_sessions, True),
    "disable": (User.objects.disable, True),
    "block": (User.objects.block, True),
    "block and allow": (lambda user: (user.block(), user.allow()), True),
    "save a name": (lambda user: save(user, first_name="Ann"), False),
    "save a user name": (lambda user: save(user, username="new"), True),
    "save a privilege": (lambda user: save(user, is_staff=True), False),
    "check_password": (lambda user: user.check_password(PASSWORD), False),
}


def save(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


@pytest.mark.parametrize(("verb", "ends"), VERBS.values(), ids=VERBS)
def test_sessions_end_with_the_version(
    user: User, verb: Callable[[User], Any], *, ends: bool
) -> None:
    before = user.get_session_auth_hash()

    verb(user)

    now = User.objects.get(pk=user.pk).get_session_auth_hash()
    assert (now != before) is ends
    assert user.get_session_auth_hash() == now


def test_sessions_survive_a_new_secret_key_with_fallback(user: User, settings: Any) -> None:
    before = user.get_session_auth_hash()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another one"

    assert user.get_session_auth_hash() != before
    assert list(user.get_session_auth_fallback_hash()) == [before]


def test_the_password_in_clear_does_not_stay_on_the_user(user: User) -> None:
    User.objects.set_password(user, "a new password")

    assert "a new password" not in map(str, user.__dict__.values())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "USER1@example.com"}, "email"),
        ({"email": "ｕser1@example.com"}, "email"),
        ({"email": "user1@ｅxample.com"}, "email"),
        ({"username": "USER1"}, "username"),
        ({"username": "not a name"}, "username"),
    ],
)
def test_validation_reports_a_taken_key_at_its_field(
    user: User, values: dict[str, str], field: str
) -> None:
    twin = User(password="x", **values)

    with pytest.raises(ValidationError) as error:
        twin.full_clean()

    assert list(error.value.message_dict) == [field]


def test_a_form_reports_a_taken_key_at_its_field(user: User) -> None:
    form = modelform_factory(User, fields=["username"])({"username": "USER1"})

    assert form.errors == {"username": ["User with this User name already exists."]}


def test_a_form_without_the_field_does_not_look_at_its_key(user: User) -> None:
    form = modelform_factory(User, fields=["first_name"])({"first_name": "Ann"}, instance=user)

    assert form.is_valid()


@pytest.mark.parametrize("status", Status)
def test_a_user_of_any_status_is_valid(make_user: Callable[..., User], status: Status) -> None:
    User(email="new@example.com", password="x", status=status).full_clean()
    make_user(status=status).full_clean()


def test_validation_leaves_an_address_as_it_was_typed(db: None) -> None:
    user = User(email="ann@ﬁrm.example", password="x")

    user.full_clean()

    assert (user.email, user.email_key) == ("ann@ﬁrm.example", "ann@firm.example")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"email": "ann@example.com", "username": "ann"}, "ann@example.com"),
        ({"email": None, "username": "ann"}, "ann"),
        ({"email": None, "username": None}, "user 5"),
    ],
)
def test_a_user_has_a_name(values: dict[str, str | None], text: str) -> None:
    assert str(User(pk=5, **values)) == text


def test_full_and_short_name() -> None:
    user = User(first_name="Ann", last_name="Lee")
    assert (user.get_full_name(), user.get_short_name()) == ("Ann Lee", "Ann")


def test_a_stored_hash_is_not_a_password(make_user: Callable[..., User]) -> None:
    stored = make_password("secret")
    user = make_user(password=stored)
    assert not user.check_password("secret")


class Remembering:
    """A validator that is told of every new password."""

    told: ClassVar[list[str]] = []

    def validate(self, password: str, user: Any = None) -> None:
        """Anything goes."""

    def password_changed(self, password: str, user: Any = None) -> None:
        self.told.append(password)


def test_validators_are_told_of_a_new_password_once(user: User, settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{__name__}.Remembering"}]
    Remembering.told.clear()

    User.objects.set_password(user, "first")
    User.objects.set_password(user, None)
    with suppress(StaleUserError):
        User.objects.set_password(user, "refused", version=0)
    user.first_name = "Ann"
    user.save()
    user.set_password("second")
    user.save()

    assert Remembering.told == ["first", "second"]
