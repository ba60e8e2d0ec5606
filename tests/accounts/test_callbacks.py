"""A project's own steps: called once, after the work, and heard if they answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from authkit.accounts.routes import CALLBACKS
from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

NEW = "an entirely different passphrase"
CHOSEN = {"new_password": NEW, "new_password2": NEW}
REGISTRATION = {
    "email": "ada@example.com",
    "username": "ada",
    "first_name": "Ada",
    "last_name": "L",
    "password": PASSWORD,
    "password2": PASSWORD,
}


class Callback:
    """Notes what it is called with, and answers as it is told."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any) -> Any:
        assert isinstance(args[0], HttpRequest)
        self.calls.append(args)
        return self.answer


by_path = Callback()

# What a browser does until the callback of the name is called; the default answer's address.
Act = Callable[[Client, Any, Mailbox], Any]


def log_in(client: Client, user: Any, mailbox: Mailbox) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def log_out(client: Client, user: Any, mailbox: Mailbox) -> Any:
    client.force_login(user)
    return client.post(reverse("account_logout"))


def register(client: Client, user: Any, mailbox: Mailbox) -> Any:
    return client.post(reverse("account_signup"), REGISTRATION)


def save_profile(client: Client, user: Any, mailbox: Mailbox) -> Any:
    client.force_login(user)
    return client.post(reverse("account_profile"), {"first_name": "Augusta", "last_name": "K"})


def verify(client: Client, user: Any, mailbox: Mailbox) -> Any:
    client.post(reverse("account_signup"), REGISTRATION)
    return client.post(client.get(mailbox.link(), follow=True).redirect_chain[-1][0])


def forget_password(client: Client, user: Any, mailbox: Mailbox) -> Any:
    return client.post(reverse("account_reset_password"), {"email": user.email})


def reset_password(client: Client, user: Any, mailbox: Mailbox) -> Any:
    forget_password(client, user, mailbox)
    return client.post(client.get(mailbox.link(), follow=True).redirect_chain[-1][0], CHOSEN)


def change_password(client: Client, user: Any, mailbox: Mailbox) -> Any:
    client.force_login(user)
    typed = {"old_password": PASSWORD, **CHOSEN}
    return client.post(reverse("account_change_password"), typed)


ACTS: dict[str, tuple[Act, str]] = {
    "after_login": (log_in, "account_profile"),
    "after_logout": (log_out, "account_login"),
    "after_registration": (register, "account_email_verification_sent"),
    "after_profile": (save_profile, "account_profile"),
    "after_email_verification": (verify, "account_profile"),
    "after_password_retrieval": (forget_password, "account_reset_password_done"),
    "after_password_reset": (reset_password, "account_reset_password_from_key_done"),
    "after_password_change": (change_password, "account_profile"),
}


def test_every_callback_has_its_row_here() -> None:
    assert set(ACTS) == set(CALLBACKS)


@pytest.mark.parametrize("name", ACTS)
def test_a_callback_is_called_once_with_what_belongs_to_it(
    name: str, user: Any, mailbox: Mailbox, settings: Any
) -> None:
    callback = Callback()
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": {name: callback}}
    act, page = ACTS[name]

    response = act(Client(), user, mailbox)

    [call] = callback.calls
    assert len(call) == len(CALLBACKS[name])
    assert (response.status_code, response.url) == (302, reverse(page))
    given = dict(zip(CALLBACKS[name], call, strict=True))
    if "user" in given:
        new = {"after_registration", "after_email_verification"}
        assert given["user"].email == ("ada@example.com" if name in new else user.email)
    if "form" in given:
        assert given["form"].is_valid()


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(
    "answer",
    [HttpResponse("own"), HttpResponseRedirect("/own/"), StreamingHttpResponse(["own"])],
    ids=lambda answer: type(answer).__name__,
)
def test_the_answer_of_a_callback_is_used(
    name: str, answer: Any, user: Any, mailbox: Mailbox, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": {name: Callback(answer)}}

    response = ACTS[name][0](Client(), user, mailbox)

    assert (response.status_code, response.get("Location")) == (
        answer.status_code,
        answer.get("Location"),
    )


@pytest.mark.parametrize("answer", [None, "", "a text", {"a": "dict"}, 0])
def test_what_is_no_answer_keeps_the_usual_one(
    answer: Any, user: Any, mailbox: Mailbox, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": {"after_login": Callback(answer)}}

    assert log_in(Client(), user, mailbox).url == reverse("account_profile")


def test_a_callback_may_be_named_by_its_path(user: Any, mailbox: Mailbox, settings: Any) -> None:
    path = f"{__name__}.by_path"
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": {"after_login": path}}
    by_path.calls.clear()

    log_in(Client(), user, mailbox)

    assert len(by_path.calls) == 1


def test_a_callback_that_cannot_be_imported_names_its_setting(
    user: Any, mailbox: Mailbox, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": {"after_login": "no.such.step"}}

    with pytest.raises(ImproperlyConfigured, match=r"CALLBACKS\['after_login'\] = 'no.such.step'"):
        log_in(Client(), user, mailbox)


def test_nobody_is_called_where_nothing_was_done(
    user: Any, mailbox: Mailbox, settings: Any, make_user: Callable[..., Any]
) -> None:
    callback = Callback(HttpResponse("own"))
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": dict.fromkeys(CALLBACKS, callback)}
    blocked = make_user(status=Status.BLOCKED)
    client = Client()

    client.post(reverse("account_login"), {"login": user.email, "password": NEW})
    client.post(reverse("account_login"), {"login": blocked.email, "password": PASSWORD})
    client.post(reverse("account_signup"), REGISTRATION | {"password2": NEW})
    client.post(reverse("account_signup"), REGISTRATION | {"email": user.email})
    client.post(reverse("account_confirm_email", args=["x:y:z"]))
    client.post(reverse("account_reset_password"), {"email": "no address"})
    client.force_login(user)
    callback.calls.clear()
    client.post(reverse("account_change_password"), {"old_password": NEW, **CHOSEN})
    client.post(reverse("account_profile"), {"first_name": "x" * 200})

    assert callback.calls == []


def test_who_asks_for_the_mail_of_nobody_is_known_as_nobody(db: Any, settings: Any) -> None:
    callback = Callback()
    settings.AUTHKIT = settings.AUTHKIT | {"CALLBACKS": {"after_password_retrieval": callback}}

    Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert [user for _, user in callback.calls] == [None]


@pytest.mark.parametrize(("verification", "logged_in"), [(True, False), (False, True)])
def test_a_registration_tells_whether_the_person_is_in(
    *, verification: bool, logged_in: bool, db: Any, settings: Any
) -> None:
    steps = {"after_registration": Callback(), "after_login": Callback()}
    settings.AUTHKIT = settings.AUTHKIT | {
        "CALLBACKS": steps,
        "REGISTRATION_VERIFICATION": verification,
    }

    Client().post(reverse("account_signup"), REGISTRATION)

    [(request, _, user, said)] = steps["after_registration"].calls
    assert (said, request.user.is_authenticated) == (logged_in, logged_in)
    assert user.email == "ada@example.com"
    assert [form for _, form in steps["after_login"].calls] == [None] * logged_in
