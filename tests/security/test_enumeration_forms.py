"""EN: no other form tells either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from authkit.models import Mail, get_event_model
from tests.conftest import PASSWORD, Mailbox
from tests.smtp import Mode, SmtpServer

from . import counting
from .answers import Answer, canonical, queries
from .counting import hashes
from .links import fresh, log_in
from .strangers import FLOWS, GHOST, KINDS, ask, register, typed

# EN06, EN07: the pages that write a mail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", FLOWS)
def test_en06_whoever_asks_for_a_mail_gets_the_same_answer(
    holder: Any, kind: str, page: str, smtp_server: SmtpServer, mailbox: Mailbox
) -> None:
    smtp_server.mode, smtp_server.seconds = Mode.DELAY, 0.3
    user = holder(kind)
    Mail.objects.all().delete()
    known = canonical(ask(page, user.email), user.email)
    unknown = canonical(ask(page, GHOST), GHOST)
    assert known == unknown
    assert known.status == 302
    # Nobody spoke to the mail server while the person waited.
    assert not smtp_server.messages
    assert Mail.objects.count() == 2
    assert len(mailbox) == 0  # sent by SMTP
    assert {message["To"] for message in smtp_server.messages} <= {user.email}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", FLOWS)
def test_en06_a_request_for_a_mail_does_the_same_work_for_every_account(
    holder: Any, kind: str, page: str, db: Any
) -> None:
    address = typed(holder(kind), "email")
    assert queries(lambda: ask(page, address)) == queries(lambda: ask(page, GHOST))


@pytest.mark.parametrize("mode", ["refuse", "down"])
@pytest.mark.parametrize("page", FLOWS)
def test_en07_the_answer_is_the_same_when_the_mail_server_refuses(
    holder: Any, page: str, mode: str, smtp_server: SmtpServer, mailbox: Mailbox
) -> None:
    if mode == "down":
        smtp_server.stop()
    smtp_server.mode = Mode.REFUSE
    user = holder("unverified" if "verification" in page else "active")
    Mail.objects.all().delete()
    answers = [canonical(ask(page, name), name) for name in (user.email, GHOST)]
    assert answers[0] == answers[1]
    assert answers[0].status == 302
    len(mailbox)  # tries to send
    event = get_event_model().objects.get(name="mail_failed")
    assert event.user_id == user.pk
    assert list(Mail.objects.values_list("address", flat=True)) == [user.email]


# Registering


# Without verification and approval there is no mail to hide behind: see the decisions.
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "wanted",
    [
        {"REGISTRATION_VERIFICATION": True},
        {"REGISTRATION_VERIFICATION": True, "REGISTRATION_APPROVAL": True},
        {"REGISTRATION_VERIFICATION": False, "REGISTRATION_APPROVAL": True},
    ],
    ids=lambda wanted: "-".join(name for name, value in wanted.items() if value),
)
def test_en01_registering_a_taken_address_is_answered_like_a_free_one(
    holder: Any, kind: str, wanted: dict[str, bool], settings: Any, db: Any
) -> None:
    if kind == "unverified":
        wanted = {**wanted, "REGISTRATION_VERIFICATION": True}  # else nobody is
    settings.AUTHKIT = {**settings.AUTHKIT, **wanted}
    user = holder(kind)
    taken = canonical(register(user.email, "somebody"), user.email)
    free = canonical(register(GHOST, "somebodyelse"), GHOST)
    assert taken == free
    assert taken.status == 302


@pytest.mark.parametrize("kind", KINDS)
def test_en01_a_taken_user_name_does_not_tell_whether_the_address_is_taken(
    holder: Any, make_user: Callable[..., Any], kind: str
) -> None:
    make_user(username="attacker")
    user = holder(kind)
    taken = canonical(register(user.email, "attacker"), user.email)
    assert taken == canonical(register(GHOST, "attacker"), GHOST)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "unverified"])
def test_en01_an_address_and_a_user_name_cannot_be_matched_by_registering(
    holder: Any, kind: str
) -> None:
    user = holder(kind)
    taken = canonical(register(user.email, user.username), user.email)
    assert taken == canonical(register(GHOST, user.username), GHOST)


def test_en01_registering_a_taken_address_computes_as_many_hashes(user: Any, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [counting.PATH]
    taken = hashes(lambda: register(user.email, "somebody"))
    assert taken == hashes(lambda: register(GHOST, "somebodyelse")) == 1


# EN09


@pytest.mark.parametrize("kind", KINDS)
def test_en09_asking_for_a_taken_address_is_answered_like_a_free_one(
    holder: Any, user: Any, kind: str, mailbox: Mailbox
) -> None:
    other = holder(kind)
    EmailAddress.objects.filter(user=other).update(verified=True)
    client = log_in(user)
    mailbox.clear()

    def answers(address: str) -> list[Answer]:
        data = {"email": address, "password": PASSWORD}
        response = client.post(reverse("account_email"), data)
        return [canonical(response, address), canonical(client.get(response.url), address)]

    taken = answers(other.email)
    sent = [message.to for message in mailbox]
    # Whoever holds the address is told; for an unverified one that is the link itself.
    assert sorted(sent) == sorted([[user.email], [other.email]])
    assert taken == answers(GHOST)
    assert (fresh(user).email, fresh(other).email) == (user.email, other.email)


@pytest.mark.parametrize("kind", KINDS)
def test_en09_asking_for_a_taken_address_does_the_same_work(
    holder: Any, user: Any, kind: str
) -> None:
    other = holder(kind)
    client = log_in(user)

    def request(address: str) -> Any:
        return client.post(reverse("account_email"), {"email": address, "password": PASSWORD})

    request("first@example.com")  # from then on each wish replaces another
    taken = queries(lambda: request(other.email))
    assert taken == queries(lambda: request(GHOST))


def test_en09_the_link_for_a_taken_address_is_never_mailed(
    user: Any, make_user: Callable[..., Any], mailbox: Mailbox
) -> None:
    other = make_user()
    data = {"email": other.email, "password": PASSWORD}
    log_in(user).post(reverse("account_email"), data)
    told = next(message for message in mailbox if message.to == [other.email])
    assert "http" not in told.body.replace("https://accounts.example.com\n", "")
