"""What ``save()`` and ``delete()`` of a user write, refuse and leave alone."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import django
import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from authkit.exceptions import ProtectedFieldError, StaleUserError
from authkit.models import User

CREDENTIALS = {"email": "new@example.com", "username": "newname", "password": "a hash"}
PRIVILEGES = {"is_staff": True, "is_superuser": True}
STATUS = {"status": "pending", "is_active": False, "version": 7, "blocked_from": "pending"}
EVENTS = {"email": "user_email", "username": "user_username", "password": "user_password"}


def row(user: User) -> dict[str, Any]:
    return User.objects.filter(pk=user.pk).values().get()


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("named", [None, ["first_name"], "itself"])
@pytest.mark.parametrize(("name", "value"), STATUS.items())
def test_the_status_cannot_be_assigned(user: User, name: str, value: Any, named: Any) -> None:
    before = row(user)
    setattr(user, name, value)

    with pytest.raises(ProtectedFieldError, match=name):
        user.save(update_fields=[name] if named == "itself" else named)

    assert row(user) == before


@pytest.mark.parametrize(("name", "value"), STATUS.items())
def test_not_even_where_it_was_not_loaded(user: User, name: str, value: Any) -> None:
    before = row(user)
    loaded = User.objects.only("first_name").get(pk=user.pk)
    setattr(loaded, name, value)

    with pytest.raises(ProtectedFieldError, match=name):
        loaded.save()

    assert row(user) == before


@pytest.mark.parametrize("fields", ["all", "only", "defer"])
@pytest.mark.parametrize(("name", "value"), CREDENTIALS.items())
def test_a_changed_credential_bumps_the_version(
    user: User, events: Callable[[], list[str]], name: str, value: str, fields: str
) -> None:
    users = {
        "all": User.objects.all(),
        "only": User.objects.only("first_name"),
        "defer": User.objects.defer(name),
    }
    user = users[fields].get(pk=user.pk)
    events()
    setattr(user, name, value)

    user.save()

    assert (row(user)[name], row(user)["version"], user.version) == (value, 1, 1)
    assert events() == [EVENTS[name]]


def test_several_credentials_are_one_version(user: User, events: Callable[[], list[str]]) -> None:
    events()
    user.email, user.username, user.first_name = "new@example.com", "newname", "Ann"

    user.save()

    assert (user.version, events()) == (1, ["user_email", "user_username"])


@pytest.mark.parametrize(
    ("name", "value", "event"),
    [
        ("first_name", "Ann", ["user_update"]),
        ("is_staff", True, ["user_privileges"]),
        ("is_superuser", True, ["user_privileges"]),
    ],
)
def test_other_changes_do_not_bump_the_version(
    user: User, events: Callable[[], list[str]], name: str, value: Any, event: list[str]
) -> None:
    events()
    setattr(user, name, value)

    user.save()

    assert (row(user)[name], user.version, events()) == (value, 0, event)


def test_a_login_is_no_change(user: User, events: Callable[[], list[str]]) -> None:
    events()
    user.last_login = timezone.now()

    user.save(update_fields=["last_login"])

    assert (row(user)["last_login"], events()) == (user.last_login, [])


@pytest.mark.parametrize("fields", ["all", "the column itself"])
@pytest.mark.parametrize(("name", "value"), CREDENTIALS.items())
def test_a_stale_copy_cannot_write_a_credential(
    user: User, name: str, value: str, fields: str
) -> None:
    stale = (User.objects.all() if fields == "all" else User.objects.only(name)).get(pk=user.pk)
    other = {"email": "other@example.com", "username": "other", "password": "other hash"}
    setattr(user, name, other[name])
    user.save()
    setattr(stale, name, value)

    with pytest.raises(StaleUserError):
        stale.save()

    assert (row(user)[name], row(user)["version"]) == (other[name], 1)


@pytest.mark.parametrize(("name", "value"), [*CREDENTIALS.items(), *PRIVILEGES.items()])
def test_a_stale_copy_does_not_write_what_it_did_not_change(
    user: User, name: str, value: Any
) -> None:
    stale = again(user)
    setattr(user, name, value)
    user.save()

    stale.first_name = "Ann"
    stale.save()

    assert (row(user)[name], row(user)["first_name"]) == (value, "Ann")


@pytest.mark.parametrize("verb", ["block", "disable"])
def test_a_stale_copy_does_not_write_the_status(user: User, verb: str) -> None:
    stale = again(user)
    getattr(user, verb)()
    before = row(user)

    stale.first_name = "Ann"
    stale.save()

    assert row(user) == before | {"first_name": "Ann"}


def test_a_credential_that_is_named_but_not_changed_is_not_written(user: User) -> None:
    stale = again(user)
    user.set_password("new")
    user.save()

    stale.save(update_fields=["password", "email", "first_name"])

    assert (row(user)["password"], row(user)["version"]) == (user.password, 1)


def test_what_is_not_named_stays_to_be_written(user: User) -> None:
    user.email, user.first_name = "new@example.com", "Ann"

    user.save(update_fields=["first_name"])
    before = row(user)
    user.save()

    assert (before["email"], before["first_name"]) == ("user1@example.com", "Ann")
    assert (row(user)["email"], row(user)["email_key"]) == ("new@example.com", "new@example.com")


@pytest.mark.parametrize("load", ["refresh a column", "read a deferred column"])
def test_loading_a_column_keeps_what_is_to_be_written(user: User, load: str) -> None:
    user = User.objects.defer("last_name").get(pk=user.pk)
    user.email = "new@example.com"
    if load == "refresh a column":
        user.refresh_from_db(fields=["first_name"])
    else:
        _ = user.last_name

    user.save()

    assert row(user)["email"] == "new@example.com"


def test_refreshing_drops_what_was_to_be_written(user: User) -> None:
    user.email, user.status = "new@example.com", "pending"

    user.refresh_from_db()
    user.save()

    assert (row(user)["email"], row(user)["version"]) == ("user1@example.com", 0)


def test_deferred_columns_are_not_written(user: User) -> None:
    user = User.objects.only("first_name").get(pk=user.pk)
    user.first_name = "Ann"

    with CaptureQueriesContext(connection) as queries:
        user.save()

    updates = [sql for sql in map(itemgetter("sql"), queries) if sql.startswith("UPDATE")]
    assert [sql.count(" = ") for sql in updates] == [2]  # the name, and the key in WHERE


if django.VERSION >= (6, 1):

    def test_columns_that_were_fetched_for_peers_are_unchanged(
        make_user: Callable[..., User],
    ) -> None:
        make_user(), make_user()
        first, second = User.objects.defer("password").fetch_mode(models.FETCH_PEERS)
        assert first.password
        second.first_name = "Ann"

        second.save()

        assert row(second)["version"] == 0
