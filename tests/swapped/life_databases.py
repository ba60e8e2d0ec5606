"""Every write goes to the database that is meant, and none to a replica."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connections
from django.db.models import Q

from authkit import auth
from authkit.accounts.receivers import on_user_changed
from authkit.authz.own_groups import own_group
from authkit.exceptions import LastSuperuserError
from authkit.models import Event, Group, Mail, Membership, Permission, Status, Tag, User
from authkit.signals import user_changed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other", "replica"])

MODELS = [User, Group, Membership, Permission, Tag, Event]


@pytest.fixture(autouse=True)
def _models_alone() -> Iterator[None]:
    """The account pages, and allauth's tables with them, live in one database."""
    user_changed.disconnect(dispatch_uid="authkit.accounts.user")
    yield
    user_changed.connect(on_user_changed, dispatch_uid="authkit.accounts.user")


@pytest.fixture
def only() -> Iterator[Callable[[str], None]]:
    """A function that forbids every statement but those to one database."""

    with ExitStack() as stack:

        def allow(alias: str) -> None:
            def refuse(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
                raise AssertionError(f"not to this database: {sql}")

            for other in {"default", "other"} - {alias}:
                stack.enter_context(connections[other].execute_wrapper(refuse))

        def read_only(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
            assert sql.startswith("SELECT"), f"not to a replica: {sql}"
            return execute(sql, params, many, context)

        stack.enter_context(connections["replica"].execute_wrapper(read_only))
        yield allow


def live(alias: str | None) -> User:
    """Use every verb; without an alias the router decides."""
    users, groups = User.objects.db_manager(alias), Group.objects.db_manager(alias)
    memberships = Membership.objects.db_manager(alias)
    permissions = Permission.objects.db_manager(alias)
    tags = Tag.objects.db_manager(alias)

    user = users.create_user("ann@example.com", "secret", status=Status.UNVERIFIED)
    group = groups.create_group("editors")
    memberships.add(group, user), memberships.add(group, user)
    permissions.add(group, "read", user), permissions.add(group, "read", User)
    tags.add("topics", user, "a")
    users.verify(user)
    user = users.get(pk=user.pk)
    user.block(), user.allow()
    users.set_password(user, "another")
    user.first_name = user.email = "new@example.com"
    user.save()
    assert user.check_password("another")
    users.bulk_update([user], ["first_name"])
    users.update(first_name="Ann")
    users.filter(pk=0).delete()
    tags.remove("topics", user, "a")
    return users.get(pk=user.pk)


def count(alias: str) -> dict[str, int]:
    return {model.__name__: model.objects.using(alias).count() for model in MODELS}


ALL = {"User": 1, "Group": 1, "Membership": 1, "Permission": 2, "Tag": 0, "Event": 14}
NONE = dict.fromkeys(ALL, 0)


@pytest.mark.parametrize(
    ("alias", "home"), [("default", "default"), ("other", "other"), (None, "default")]
)
def test_a_life(only: Callable[[str], None], alias: str | None, home: str) -> None:
    only(home)

    live(alias)

    assert count(home) == ALL


def test_an_end(only: Callable[[str], None]) -> None:
    user = live("other")
    only("other")

    user.delete()
    Group.objects.using("other").get().delete()

    assert count("other") == {**NONE, "Event": 16}


def test_a_superuser_of_another_database_does_not_count(only: Callable[[str], None]) -> None:
    User.objects.using("default").create(is_superuser=True)
    last = User.objects.using("other").create(is_superuser=True)
    only("other")

    for remove in (last.block, last.delete, User.objects.using("other").delete):
        with pytest.raises(LastSuperuserError):
            remove()


def test_what_was_read_from_a_replica_is_written_to_its_source(
    only: Callable[[str], None],
) -> None:
    only("default")
    User.objects.create_user("ann@example.com", "secret")
    user = User.objects.get()
    assert user._state.db == "replica"

    user.first_name = "Ann"
    user.save()
    user.set_password("another")
    user.save()
    user.disable()
    User.objects.reset_password(user, "third")

    assert User.objects.using("default").get().check_password("third")


def test_mails_are_claimed_where_they_are_queued(only: Callable[[str], None]) -> None:
    only("default")
    Mail.objects.queue("registration", "ann@example.com")

    mail = Mail.objects.claim()
    assert mail is not None
    assert mail.postpone()
    mail.done()
    assert not Mail.objects.exists()


def test_a_list_is_asked_where_it_is_read() -> None:
    """Two databases number their content types as they please."""
    number = ContentType.objects.get_for_model(User).pk
    others = ContentType.objects.using("other")
    others.filter(Q(pk=number) | Q(app_label="authkit", model="group")).delete()
    others.create(pk=number, app_label="authkit", model="group")
    ContentType.objects.clear_cache()
    for alias in ("default", "other"):
        user = User(pk=99, email="ann@example.com")
        user.save(using=alias)
        group = Group.objects.db_manager(alias).create_group("editors")
        Membership.objects.db_manager(alias).add(group, user)

    auth.add_permission("editors", "read", User)

    assert auth.permitted(User, "read", user=99).exists()
    assert not auth.permitted(Group.objects.using("other"), "read", user=99).exists()


def test_the_doctor_asks_no_replica(only: Callable[[str], None]) -> None:
    group, lost = Group.objects.create_group("a"), Group.objects.create_group("lost")
    Permission.objects.add(group, "edit", lost)
    Group.objects.filter(pk=lost.pk)._raw_delete("default")

    def refuse(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        raise AssertionError(f"a replica may not know of what is new: {sql}")

    with connections["replica"].execute_wrapper(refuse):
        code, lines = doctor()

    assert (code, lines[0]) == (
        1,
        "1 permissions on authkit.group whose record is no longer there",
    )


class AddressesElsewhere:
    """Addresses are in the other database."""

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return "other" if model is EmailAddress else None

    db_for_read = db_for_write


def test_the_doctor_asks_the_database_of_the_records(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [AddressesElsewhere(), *settings.DATABASE_ROUTERS]
    settings.AUTHKIT = {**settings.AUTHKIT, "UNTARGETABLE_MODELS": []}
    group = Group.objects.create_group("a")
    user = User.objects.using("other").create(email="ann@example.com")
    lost, kept = (
        EmailAddress.objects.using("other").create(user_id=user.pk, email=f"{name}@example.com")
        for name in ("lost", "kept")
    )
    for record in (lost, kept):
        Permission.objects.add(group, "edit", record)
        Tag.objects.add("topics", record, "a")
    EmailAddress.objects.filter(pk=lost.pk)._raw_delete("other")

    assert doctor()[0] == 1
    assert doctor("--fix")[0] == 0
    for model in (Permission, Tag):
        assert [row.object_id for row in model.objects.using("default").all()] == [kept.pk]


def doctor(*options: str) -> tuple[int, list[str]]:
    out = StringIO()
    try:
        call_command("authkit_doctor", *options, stdout=out)
    except SystemExit as error:
        return int(error.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.mark.parametrize("home", ["default", "other"])
def test_an_own_group_is_made_where_its_owner_is(home: str) -> None:
    user = User.objects.using(home).create(email="ann@example.com")

    group = own_group(user, home)

    assert (group.owner_id, group._state.db) == (user.pk, home)
    assert user.auth_own_group == group
    user.delete()
    assert not Group.objects.using(home).exists()
