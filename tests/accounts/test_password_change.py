"""Changing the password: with the current one, once, and everybody else is out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.accounts.forms import PasswordChangeForm
from tests.conftest import PASSWORD, Mailbox

NEW = "an entirely different passphrase"
CHANGE = {"old_password": PASSWORD, "new_password": NEW, "new_password2": NEW}

ClientFor = Callable[[Any], Client]


def change(client: Client, **typed: str) -> Any:
    return client.post(reverse("account_change_password"), CHANGE | typed)


def is_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def test_the_new_password_holds_and_other_browsers_are_out(
    user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    client, other = client_for(user), client_for(user)
    before = client.session.session_key

    response = change(client)

    assert (response.status_code, response.url) == (302, reverse("account_profile"))
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert (is_in(client), is_in(other)) == (True, False)
    assert client.session.session_key != before
    assert [message.to for message in mailbox] == [[user.email]]
    assert "was changed" in mailbox[0].subject


def test_the_own_session_is_still_listed(user: Any, client_for: ClientFor) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    change(client)

    sessions = client.get(reverse("account_sessions")).context["sessions"]
    assert [session["is_current"] for session in sessions] == [True]


REFUSED = {
    "wrong": ({"old_password": NEW}, "old_password", "old_password"),
    "missing": ({"old_password": ""}, "old_password", "required"),
    "mismatch": ({"new_password2": PASSWORD}, "new_password2", "password_mismatch"),
    "short": (
        {"new_password": "short", "new_password2": "short"},
        "new_password",
        "password_too_short",
    ),
    "long": ({"new_password": "x" * 4097}, "new_password", "max_length"),
    "known": (
        {"new_password": "1234567890qwertyuiop", "new_password2": "1234567890qwertyuiop"},
        "new_password",
        "password_too_common",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_right_changes_nothing(case: str, user: Any, client_for: ClientFor) -> None:
    typed, field, code = REFUSED[case]
    client = client_for(user)

    response = change(client, **typed)

    errors = response.context["form"].errors.as_data()
    assert [error.code for error in errors[field]] == [code]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert is_in(client)


def test_the_new_password_is_no_matter_of_spaces_or_scripts(
    user: Any, client_for: ClientFor
) -> None:
    new = "  пароль 密码 🔑🔑🔑🔑 with spaces  "

    change(client_for(user), new_password=new, new_password2=new)

    user.refresh_from_db()
    assert user.check_password(new)
    assert not user.check_password(new.strip())


def test_whoever_has_no_password_sets_one(
    make_user: Callable[..., Any], client_for: ClientFor
) -> None:
    user = make_user(password=None)
    client = client_for(user)
    page = client.get(reverse("account_set_password"))
    assert (page.context["state"], set(page.context["form"].fields)) == (
        "set",
        {"new_password", "new_password2"},
    )

    client.post(reverse("account_set_password"), {"new_password": NEW, "new_password2": NEW})

    user.refresh_from_db()
    assert user.check_password(NEW)


class SlowForm(PasswordChangeForm):
    """While it is checked, the password is changed in another browser."""

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        other = get_user_model().objects.get(pk=self.user.pk)
        get_user_model().objects.set_password(other, "the password of the other browser")
        return typed


def test_of_two_changes_at_once_the_first_wins(
    user: Any, client_for: ClientFor, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"FORMS": {"password_change": SlowForm}}
    client = client_for(user)

    response = change(client)

    assert (response.status_code, response.url) == (302, reverse("account_login"))
    user.refresh_from_db()
    assert user.check_password("the password of the other browser")
    assert not is_in(client)


def test_guessing_the_current_password_is_slowed_down(user: Any, client_for: ClientFor) -> None:
    client = client_for(user)

    statuses = [change(client, old_password=NEW).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_page_never_sends_a_password_back(user: Any, client_for: ClientFor) -> None:
    page = change(client_for(user), old_password="wrong", new_password2="other").content.decode()

    assert [word for word in ("wrong", NEW, "other") if f'value="{word}"' in page] == []
