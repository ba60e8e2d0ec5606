"""Accounts are added and changed by the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client

from authkit.models import Mail, Status
from tests.admin.conftest import form_of, page, texts
from tests.conftest import PASSWORD

User = get_user_model()


def test_an_added_user_sets_the_password_by_mail(
    root: Any, root_client: Client, new_events: Callable[[], Any]
) -> None:
    new_events()
    data = {"email": "New@Example.com", "username": "newcomer", "first_name": "N", "is_staff": "on"}
    response = root_client.post(page("user", "add"), data, follow=True)
    user = User.objects.get(email="new@example.com")
    assert (user.status, user.is_staff, user.has_usable_password()) == (Status.ACTIVE, True, False)
    assert [(mail.purpose, mail.user) for mail in Mail.objects.all()] == [("password_reset", user)]
    assert new_events() == [("user_create", "success", str(root.pk), str(user.pk))]
    assert "A link to set a password goes to new@example.com." in texts(response)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"email": "a@example.com", "username": "Taken"}, "username"),
        ({"email": "a@example.com", "username": "<b>"}, "username"),
        ({"email": "a\x00@example.com"}, "email"),
        ({"email": "a@b@example.com"}, "email"),
        ({"email": "x" * 300 + "@example.com"}, "email"),
    ],
)
def test_what_the_database_would_refuse_is_said_at_the_field(
    data: dict[str, str], field: str, root_client: Client, make_user: Callable[..., Any]
) -> None:
    make_user(email="taken@example.com", username="taken")
    response = root_client.post(page("user", "add"), data)
    assert list(response.context["adminform"].form.errors) == [field]


def test_a_key_longer_than_its_column_is_refused(root_client: Client, settings: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "UNICODE_USERNAMES": True}
    data = {"email": "a@example.com", "username": "ß" * 100}
    response = root_client.post(page("user", "add"), data)
    assert list(response.context["adminform"].form.errors) == ["username"]


def change(client: Client, user: Any, **values: Any) -> Any:
    path = page("user", "change", user.pk)
    data = form_of(client.get(path)) | values
    data = {name: value for name, value in data.items() if value is not None}
    return client.post(path, data, follow=True)


@pytest.mark.parametrize(
    ("values", "event"),
    [
        ({"email": "Other@Example.com"}, "user_email"),
        ({"username": "other"}, "user_username"),
        ({"first_name": "Ada"}, "user_update"),
        ({"is_staff": "on"}, "user_privileges"),
    ],
)
def test_a_change_is_recorded_once_under_its_name(
    values: dict[str, str],
    event: str,
    root: Any,
    root_client: Client,
    user: Any,
    new_events: Callable[[], Any],
) -> None:
    new_events()
    change(root_client, user, **values)
    assert new_events() == [(event, "success", str(root.pk), str(user.pk))]


def test_saving_without_a_change_records_nothing(
    root_client: Client, user: Any, new_events: Callable[[], Any]
) -> None:
    new_events()
    version = user.version
    change(root_client, user, email=user.email.upper())
    assert new_events() == []
    assert User.objects.get(pk=user.pk).version == version


def test_a_new_address_ends_the_sessions_and_is_stored_as_typed_in_small(
    root_client: Client, user: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(user)
    change(root_client, user, email="Other@Example.com")
    assert User.objects.get(pk=user.pk).email == "other@example.com"
    assert "_auth_user_id" in client.session
    assert client.get("/auth/profile/").status_code == 302


def test_only_the_new_address_logs_in(root_client: Client, user: Any) -> None:
    old = user.email
    change(root_client, user, email="other@example.com")
    for address, status in ((old, 200), ("other@example.com", 302)):
        client = Client()
        data = {"login": address, "password": PASSWORD}
        assert client.post("/auth/login/", data).status_code == status
        assert ("_auth_user_id" in client.session) == (status == 302)


def test_the_own_change_does_not_log_the_administrator_out(root: Any, root_client: Client) -> None:
    change(root_client, root, username="boss")
    assert root_client.get(page("user")).status_code == 200


@pytest.mark.parametrize("who", ["root", "clerk"])
def test_nobody_changes_the_own_address_past_the_password(
    who: str, request: pytest.FixtureRequest, client_for: Callable[[Any], Client]
) -> None:
    visitor = request.getfixturevalue(who)
    response = change(client_for(visitor), visitor, email="thief@example.com", first_name="Ada")
    address, visitor = visitor.email, User.objects.get(pk=visitor.pk)
    assert (visitor.email, visitor.first_name) == (address, "Ada")
    # Nor is it lost on the way to what is told and logged.
    assert address in texts(response)[0]
    assert LogEntry.objects.get().object_repr == address


def test_an_address_is_replaced_but_not_removed(root_client: Client, user: Any) -> None:
    response = change(root_client, user, email="")
    assert list(response.context["adminform"].form.errors) == ["email"]


def test_one_without_an_address_may_stay_without(
    root_client: Client, make_user: Callable[..., Any]
) -> None:
    user = make_user(email=None)
    change(root_client, user, first_name="Ada")
    user.refresh_from_db()
    assert (user.first_name, user.email, user.email_key) == ("Ada", None, None)


@pytest.mark.parametrize("what", ["privileges", "delete", "bulk delete"])
def test_the_last_superuser_cannot_leave(
    what: str, root: Any, root_client: Client, user: Any, new_events: Callable[[], Any]
) -> None:
    new_events()
    if what == "privileges":
        response = change(root_client, root, is_superuser=None)
        event = ("user_privileges", "failure", str(root.pk), str(root.pk))
    elif what == "delete":
        path = page("user", "delete", root.pk)
        response = root_client.post(path, {"post": "yes"}, follow=True)
        event = ("user_delete", "failure", str(root.pk), str(root.pk))
    else:
        data = {
            "action": "delete_selected",
            "_selected_action": [user.pk, root.pk],
            "post": "yes",
        }
        response = root_client.post(page("user"), data, follow=True)
        event = ("user_delete", "failure", str(root.pk), "")
    assert texts(response) == ["Nothing was changed, because the last active superuser must stay."]
    assert User.objects.filter(is_superuser=True).count() == 1
    assert User.objects.filter(pk=user.pk).exists()
    assert new_events() == [event]
    assert not LogEntry.objects.exists()


def test_a_second_superuser_may_leave(root_client: Client, make_user: Callable[..., Any]) -> None:
    second = make_user(is_staff=True, is_superuser=True)
    change(root_client, second, is_superuser=None)
    assert not User.objects.get(pk=second.pk).is_superuser


def test_somebody_quicker_is_told_and_not_a_crash(
    root_client: Client, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = page("user", "change", user.pk)
    data = form_of(root_client.get(path)) | {"username": "other"}
    stale = User.objects.get(pk=user.pk)
    User.objects.end_sessions(user)
    monkeypatch.setattr("authkit.admin.UserAdmin.get_object", lambda *args: stale)
    response = root_client.post(path, data, follow=True)
    assert texts(response) == ["Nothing was changed, because it was changed or deleted meanwhile."]


def test_the_link_of_an_added_user_opens_the_account(root_client: Client, mailbox: Any) -> None:
    root_client.post(page("user", "add"), {"email": "new@example.com"})
    assert [mail.to for mail in mailbox] == [["new@example.com"]]
    client = Client()
    form = client.get(mailbox.link(), follow=True)
    names = form.context["form"].fields
    response = client.post(form.request["PATH_INFO"], dict.fromkeys(names, "a long enough phrase"))
    assert response.status_code == 302
    data = {"login": "new@example.com", "password": "a long enough phrase"}
    client.post("/auth/login/", data)
    assert "_auth_user_id" in client.session
