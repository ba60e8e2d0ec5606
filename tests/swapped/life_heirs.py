"""A proxy and a multi-table child of the user keep every promise of the user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction

from authkit.exceptions import LastSuperuserError, ProtectedFieldError, StaleUserError
from authkit.models import Event, Group, Membership, Permission, User
from tests.conftest import PASSWORD
from tests.models.test_users import OlderHasher

pytestmark = pytest.mark.django_db

Moderator, Employee = apps.get_model("people.Moderator"), apps.get_model("people.Employee")
each_heir = pytest.mark.parametrize("model", [Moderator, Employee])


def make(model: Any, number: int = 1, **fields: Any) -> Any:
    values = {"email": f"ann{number}@example.com", "password": PASSWORD, **fields}
    return model.objects.create_user(**values)


def names() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def row(user: Any) -> dict[str, Any]:
    return User.objects.filter(pk=user.pk).values().get()


@each_heir
def test_a_life(model: Any) -> None:
    user = make(model)
    group = Group.objects.create_group("editors")
    Membership.objects.add(group, user)
    Permission.objects.add(group, "read", user)

    user.block(), user.allow(), user.disable()
    model.objects.reset_password(user, "another password", version=3)
    user.first_name, user.email = "Ann", "new@example.com"
    user.save()

    stored = row(user)
    assert (stored["version"], user.version, stored["email_key"]) == (5, 5, "new@example.com")
    assert User.objects.get().check_password("another password")
    user.delete()
    assert names() == [
        "user_create",
        "group_create",
        "membership_add",
        "permission_add",
        "user_block",
        "user_allow",
        "user_disable",
        "user_password",
        "user_email",
        "user_delete",
    ]
    assert not User.objects.exists()


@each_heir
def test_a_proxy_shares_grants_and_a_child_has_its_own(model: Any) -> None:
    user, group = make(model), Group.objects.create_group("editors")

    grants = [Permission.objects.add(group, "read", record) for record in (user, as_user(user))]

    assert (grants[0] == grants[1]) is (model is Moderator)


def as_user(user: Any) -> User:
    return User.objects.get(pk=user.pk)


@each_heir
@pytest.mark.parametrize("fields", [None, ["email"], ["first_name"]])
def test_a_stale_copy_is_refused(model: Any, fields: list[str] | None) -> None:
    user = make(model)
    rows = model.objects.only(*fields) if fields else model.objects.all()
    stale = rows.get(pk=user.pk)
    if fields == ["first_name"]:
        stale.email  # noqa: B018, loads it
    model.objects.set_email(user, "new@example.com")
    stale.email = "mallory@example.com"

    with pytest.raises(StaleUserError):
        stale.save()

    assert row(user)["email"] == "new@example.com"


@each_heir
def test_the_status_is_protected(model: Any) -> None:
    user = make(model)

    with pytest.raises(ProtectedFieldError):
        model.objects.update(status="pending")
    user.status = "pending"
    with pytest.raises(ProtectedFieldError):
        user.save()


@each_heir
def test_an_outdated_hash_is_replaced_by_compare_and_swap(model: Any) -> None:
    user = make(model)
    hasher = OlderHasher()
    old = hasher.encode(PASSWORD, hasher.salt())
    models.QuerySet(User).filter(pk=user.pk).update(password=old)
    user, stale = model.objects.get(), model.objects.get()

    assert user.check_password(PASSWORD)
    model.objects.set_password(user, "another password")
    assert stale.check_password(PASSWORD)

    assert as_user(user).check_password("another password")
    assert row(user)["version"] == 1


REMOVALS: dict[str, Callable[[Any], Any]] = {
    "block": lambda user: user.block(),
    "demote": lambda user: demote(user),
    "delete": lambda user: user.delete(),
    "delete in bulk": lambda user: type(user).objects.filter(pk=user.pk).delete(),
    "delete the parent": lambda user: as_user(user).delete(),
}


def demote(user: Any) -> None:
    user.is_superuser = False
    user.save()


@each_heir
@pytest.mark.parametrize("remove", REMOVALS.values(), ids=REMOVALS)
def test_the_last_superuser_stays_whatever_its_class(
    model: Any, remove: Callable[[Any], Any]
) -> None:
    user = make(model, is_superuser=True)

    with pytest.raises(LastSuperuserError), transaction.atomic():
        remove(user)

    other = make(User, 2, is_superuser=True)
    remove(model.objects.filter(is_superuser=True).exclude(pk=other.pk).get())
    assert list(User.objects.filter(is_superuser=True, status="active")) == [other]


@each_heir
def test_a_bulk_call_is_one_event(model: Any) -> None:
    users = [make(model, number) for number in range(3)]
    before = len(names())

    model.objects.update(first_name="Ann")
    users[0].last_name = "Lee"
    model.objects.bulk_update(users, ["last_name"])
    model.objects.all().delete()

    assert names()[before:] == ["user_update", "user_update", "user_delete"]


def test_a_child_that_is_let_go_leaves_a_user() -> None:
    employee = make(Employee, is_superuser=True)

    employee.delete(keep_parents=True)

    assert (User.objects.count(), Employee.objects.count(), names()) == (1, 0, ["user_create"])


def test_a_child_is_never_put_over_a_user() -> None:
    user = make(User)
    before = row(user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Employee(user_ptr=user, email="mallory@example.com", is_superuser=True).save()
    Employee(user_ptr=user, number=5).save_base(raw=True)

    assert row(user) == before
    assert Employee.objects.get().email == user.email


def test_a_childs_own_column_is_saved() -> None:
    employee = make(Employee)
    employee.number, employee.first_name = 5, "Ann"

    employee.save()

    found = Employee.objects.get()
    assert (found.number, found.first_name, found.version) == (5, "Ann", 0)
