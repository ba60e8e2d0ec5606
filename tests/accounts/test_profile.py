"""The profile: what the user class declares may be seen and changed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.accounts.fields_rw import CLOSED, access, readable_fields, writable_names
from authkit.models import Status

ClientFor = Callable[[Any], Client]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """A function that makes the user class declare this, over the fields of its bases."""

    def set_(fields: dict[str, Any]) -> None:
        fields = {"first_name": False, "last_name": False} | fields
        monkeypatch.setattr(get_user_model(), "form_profile_rw", fields, raising=False)

    return set_


def row(user: Any) -> dict[str, Any]:
    """The columns of the user, without what each visit changes."""
    found = get_user_model().objects.filter(pk=user.pk).values().get()
    return {name: value for name, value in found.items() if name != "last_login"}


def test_the_declared_fields_are_shown_and_saved(user: Any, client_for: ClientFor) -> None:
    client = client_for(user)
    before = row(user)

    shown = client.get(reverse("account_profile")).context["form"].fields
    client.post(reverse("account_profile"), {"first_name": "Ada", "last_name": "Lovelace"})

    assert {name: field.widget.attrs["autocomplete"] for name, field in shown.items()} == {
        "first_name": "given-name",
        "last_name": "family-name",
    }
    assert row(user) == before | {"first_name": "Ada", "last_name": "Lovelace"}


def test_nothing_else_is_written_whatever_is_sent(user: Any, client_for: ClientFor) -> None:
    client = client_for(user)
    before = row(user)
    sent = {
        **dict.fromkeys(CLOSED, "1"),
        "email": "eve@example.com",
        "username": "eve",
        "status": "blocked",
        "first_name": "Ada",
    }

    client.post(reverse("account_profile"), sent)

    assert row(user) == before | {"first_name": "Ada"}


def test_what_is_only_shown_cannot_be_written(
    user: Any, client_for: ClientFor, declare: Callable[..., None]
) -> None:
    declare({"first_name": (True, False), "last_name": True})
    client = client_for(user)

    field = client.get(reverse("account_profile")).context["form"].fields["first_name"]
    client.post(reverse("account_profile"), {"first_name": "Eve", "last_name": "L"})

    assert (field.disabled, field.label) == (True, "First name")
    assert (row(user)["first_name"], row(user)["last_name"]) == ("", "L")


def test_what_is_only_written_is_not_shown(
    make_user: Callable[..., Any], client_for: ClientFor, declare: Callable[..., None]
) -> None:
    user = make_user(first_name="Secret", last_name="Open")
    declare({"first_name": (False, True)})
    client = client_for(user)

    page = client.get(reverse("account_profile")).content.decode()
    client.post(reverse("account_profile"), {"first_name": "New"})

    assert "Secret" not in page
    assert (row(user)["first_name"], row(user)["last_name"]) == ("New", "Open")


@pytest.mark.parametrize(
    ("methods", "name", "shown"),
    [(["email", "username"], "ada", 1), (["email"], "ada", 0), (["email", "username"], None, 0)],
)
def test_the_user_name_is_shown_where_one_logs_in_with_it(
    make_user: Callable[..., Any],
    client_for: ClientFor,
    settings: Any,
    methods: list[str],
    name: str | None,
    shown: int,
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"LOGIN_METHODS": methods}
    client = client_for(make_user(email="a@example.com", username=name))

    page = client.get(reverse("account_profile"))

    assert page.content.decode().count("<dt>User name</dt>") == shown
    assert page.content.decode().count("<dd><bdi>ada</bdi></dd>") == shown


def test_what_is_declared_off_is_neither(
    user: Any, client_for: ClientFor, declare: Callable[..., None]
) -> None:
    declare({"last_name": (False, False)})
    client = client_for(user)

    assert set(client.get(reverse("account_profile")).context["form"].fields) == set()
    assert client.post(reverse("account_profile"), {"first_name": "Eve"}).status_code == 302
    assert row(user)["first_name"] == ""


@pytest.mark.parametrize("name", sorted(CLOSED - {"groups", "user_permissions"}))
def test_no_declaration_opens_what_decides_who_somebody_is(
    name: str, user: Any, declare: Callable[..., None]
) -> None:
    declare({name: True})

    assert writable_names(get_user_model(), "form_profile_rw") == []
    assert readable_fields(user, "form_profile_rw") == {}


def test_a_declared_field_that_is_not_there_is_left_to_the_check(
    declare: Callable[..., None],
) -> None:
    declare({"salary": True})

    assert "salary" not in access(get_user_model(), "form_profile_rw")


@pytest.mark.parametrize("name", ["x" * 151, "a\x00b"])
def test_what_the_model_refuses_is_refused(name: str, user: Any, client_for: ClientFor) -> None:
    response = client_for(user).post(reverse("account_profile"), {"first_name": name})

    assert (response.status_code, set(response.context["form"].errors)) == (200, {"first_name"})
    assert row(user)["first_name"] == ""


def test_a_profile_leads_to_everything_else_that_is_on(
    user: Any, client_for: ClientFor, settings: Any
) -> None:
    client = client_for(user)
    page = client.get(reverse("account_profile")).content.decode()
    names = ["account_change_password", "account_email", "account_sessions", "account_deletion"]
    assert [name for name in names if f'href="{reverse(name)}"' not in page] == []

    settings.AUTHKIT = settings.AUTHKIT | {"DISABLED_ROUTES": ["sessions"]}
    page = client.get(reverse("account_profile")).content.decode()
    assert [name for name in names if f'href="{reverse(name)}"' not in page] == ["account_sessions"]


def test_after_saving_one_goes_where_one_wanted(user: Any, client_for: ClientFor) -> None:
    client = client_for(user)

    wanted = [("/blog/?page=2", "/blog/?page=2"), ("https://evil.example/", "/auth/profile/")]
    for next_url, address in wanted:
        typed = {"first_name": "Ada", "next": next_url}
        assert client.post(reverse("account_profile"), typed).url == address


def test_a_status_that_changed_meanwhile_is_not_overwritten(
    user: Any, client_for: ClientFor
) -> None:
    client = client_for(user)
    get_user_model().objects.get(pk=user.pk).block()

    response = client.post(reverse("account_profile"), {"first_name": "Ada"})

    assert response.status_code == 302
    assert (row(user)["status"], row(user)["first_name"]) == (Status.BLOCKED, "")
