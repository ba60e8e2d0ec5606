"""MAILERS: a project sends the mails with a link itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from authkit.accounts import outbox
from authkit.models import Mail, get_event_model
from tests.conftest import Mailbox

from .letters import BASE, MakeUser, purposes

CALLS: list[tuple[Any, dict[str, Any]]] = []


def own_mailer(user: Any, data: dict[str, Any]) -> None:
    CALLS.append((user, data))


def failing_mailer(user: Any, data: dict[str, Any]) -> None:
    raise RuntimeError("The service of the project is down.")


NAMES = {"email_verification": "registration_mail", "password_reset": "reset_password_mail"}


@pytest.fixture
def calls() -> list[tuple[Any, dict[str, Any]]]:
    """What the own mailer was called with."""
    CALLS.clear()
    return CALLS


@pytest.mark.parametrize("mailer", [f"{__name__}.own_mailer", own_mailer], ids=["path", "callable"])
@pytest.mark.parametrize(("purpose", "name"), NAMES.items())
def test_a_project_may_send_a_mail_itself(
    purpose: str,
    name: str,
    mailer: Any,
    make_user: MakeUser,
    settings: Any,
    mailbox: Mailbox,
    calls: list[tuple[Any, dict[str, Any]]],
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"MAILERS": {name: mailer}}
    mail = purposes(make_user)[purpose]
    Mail.objects.exclude(pk=mail.pk).delete()

    assert len(mailbox) == 0
    assert not Mail.objects.exists()
    [(user, data)] = calls
    assert user.pk == mail.user_id
    assert data["link"].startswith(f"{BASE}/auth/{purpose}/")


@pytest.mark.parametrize(
    ("mailer", "error"),
    [(f"{__name__}.failing_mailer", "RuntimeError"), ("no.such.mailer", "ImproperlyConfigured")],
)
def test_what_a_project_fails_to_send_is_tried_again(
    mailer: str, error: str, make_user: MakeUser, settings: Any, mailbox: Mailbox, caplog: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"MAILERS": {"reset_password_mail": mailer}}
    person = make_user()
    mail = Mail.objects.queue("password_reset", person.email, person)

    assert outbox.drain() == 0

    assert [record.getMessage() for record in caplog.records] == [
        f"Mail {mail.pk} (password_reset) failed: {error}"
    ]
    assert Mail.objects.get().attempts == 1
    assert get_event_model().objects.filter(name="mail_failed").count() == 1


def deleting_mailer(user: Any, data: dict[str, Any]) -> None:
    """While the mail is being sent, the person leaves."""
    get_user_model().objects.filter(pk=user.pk).delete()
    failing_mailer(user, data)


@pytest.mark.django_db(transaction=True)
def test_whoever_leaves_while_a_mail_fails_holds_up_no_other(
    make_user: MakeUser, settings: Any, mailbox: Mailbox
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"MAILERS": {"reset_password_mail": deleting_mailer}}
    person, other = make_user(), make_user()
    Mail.objects.queue("password_reset", person.email, person)
    Mail.objects.queue("password_changed", other.email, other)

    assert outbox.drain() == 1
    [event] = get_event_model().objects.filter(name="mail_failed")
    assert event.user is None


def test_a_mailer_for_one_purpose_leaves_the_others(
    make_user: MakeUser, settings: Any, mailbox: Mailbox, calls: list[Any]
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"MAILERS": {"registration_mail": own_mailer}}
    person = make_user()
    Mail.objects.queue("password_reset", person.email, person)

    assert (len(mailbox), calls) == (1, [])
