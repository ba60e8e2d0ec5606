"""The outbox: what is queued is sent, later if need be, once, and only while it holds."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import OperationalError, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from authkit.accounts import outbox
from authkit.models import Mail, Outcome, get_event_model
from tests.audit.scene import no_event_can_be_written
from tests.conftest import PASSWORD, Mailbox

from .moods import MoodyServer

ADDRESS = "ada@example.com"


@pytest.fixture
def server(settings: Any) -> Iterator[MoodyServer]:
    """The mail server of this process."""
    server = MoodyServer()
    server.start()
    for name, value in server.settings(timeout=0.5).items():
        setattr(settings, name, value)
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request leaves its language behind in the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def ada(make_user: Callable[..., Any]) -> Any:
    """Somebody to write to."""
    return make_user(email=ADDRESS, username="ada")


def queue(user: Any, purpose: str = "password_reset") -> Mail:
    return Mail.objects.queue(purpose, user.email, user)


def make_due() -> None:
    Mail.objects.update(next_try=timezone.now())


def failures() -> list[Any]:
    return list(get_event_model().objects.filter(name="mail_failed").order_by("pk"))


REFUSES = {"refuse": True, "hang": False, "drop": False, "down": False}


@pytest.mark.parametrize("mood", REFUSES)
def test_what_the_server_would_not_have_is_tried_again(
    mood: str, server: MoodyServer, ada: Any
) -> None:
    queue(ada)
    server.become(mood)

    assert outbox.drain() == 0
    assert outbox.drain() == 0  # not at once
    [event] = failures()
    data = {"purpose": "password_reset", "attempt": 1, "refused": REFUSES[mood], "again": True}
    assert (event.outcome, event.user, event.data) == (Outcome.FAILURE, ada, data)

    server.recover()
    make_due()
    assert outbox.drain() == 1
    assert server.recipients() == [ADDRESS]
    assert not Mail.objects.exists()


def test_a_failure_betrays_neither_address_nor_link_nor_what_the_server_said(
    server: MoodyServer, ada: Any, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG, "authkit")
    queued = queue(ada)
    server.unwanted = {ADDRESS}

    outbox.drain()

    line = f"Mail {queued.pk} (password_reset) failed: SMTPRecipientsRefused{outbox.MAIL_SETTINGS}"
    assert [record.getMessage() for record in caplog.records] == [line]
    kept = caplog.text + json.dumps([event.data for event in failures()])
    assert [word for word in (ADDRESS, "No such mailbox", "https://") if word in kept] == []


def test_a_server_that_is_not_there_leads_to_the_settings(
    server: MoodyServer, ada: Any, caplog: Any
) -> None:
    queued = queue(ada)
    server.become("down")

    outbox.drain()

    assert [record.getMessage() for record in caplog.records] == [
        f"Mail {queued.pk} (password_reset) failed: ConnectionRefusedError. "
        "Are the settings of the mail server right: EMAIL_HOST and others, or MAILERS?"
    ]


def test_a_failure_that_cannot_be_recorded_betrays_nothing_either(
    server: MoodyServer, ada: Any
) -> None:
    queue(ada)
    server.unwanted = {ADDRESS}

    with pytest.raises(OperationalError) as raised, no_event_can_be_written():
        outbox.drain()

    text = "".join(traceback.format_exception(raised.value))
    assert [word for word in (ADDRESS, "No such mailbox", "https://") if word in text] == []
    assert Mail.objects.count() == 1


def test_the_pauses_between_tries_grow_up_to_an_hour(server: MoodyServer, ada: Any) -> None:
    queue(ada)
    server.become("down")

    pauses = []
    for _ in range(9):
        make_due()
        start = timezone.now()
        outbox.drain()
        pauses.append(round((Mail.objects.get().next_try - start).total_seconds(), -1))

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_after_three_days_a_mail_is_given_up(server: MoodyServer, ada: Any) -> None:
    queue(ada)
    Mail.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    server.become("down")

    outbox.drain()

    assert [event.data["again"] for event in failures()] == [False]
    assert not Mail.objects.exists()


def test_a_mail_that_always_fails_holds_up_no_other(
    server: MoodyServer, make_user: Callable[..., Any]
) -> None:
    people = [make_user() for _ in range(5)]
    server.unwanted = {people[0].email, people[2].email}
    for person in people:
        queue(person)

    assert outbox.drain() == 3
    assert server.recipients() == [people[1].email, people[3].email, people[4].email]


def test_a_purpose_that_nobody_knows_holds_up_no_other(mailbox: Mailbox, ada: Any) -> None:
    queue(ada, "a purpose of a later version")
    queue(ada)

    assert outbox.drain() == 1
    assert [message.to for message in mailbox] == [[ADDRESS]]


@pytest.mark.django_db(transaction=True)
def test_senders_at_the_same_time_send_each_mail_once(
    server: MoodyServer, make_user: Callable[..., Any]
) -> None:
    people = [make_user() for _ in range(24)]
    for person in people:
        queue(person)
    server.become("delay")
    server.seconds = 0.02
    barrier = threading.Barrier(4)
    counts: list[int] = []

    def send() -> None:
        barrier.wait()
        try:
            counts.append(outbox.drain())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(counts), sum(counts)) == (4, 24)
    assert server.recipients() == sorted(person.email for person in people)
    assert not Mail.objects.exists()


def test_a_mail_that_is_being_sent_is_not_handed_out_again(ada: Any) -> None:
    queued = queue(ada)

    assert Mail.objects.claim() == queued
    assert Mail.objects.claim() is None


def test_a_mail_whose_sender_was_killed_is_handed_out_after_a_while(ada: Any) -> None:
    queue(ada)
    Mail.objects.claim()
    left = Mail.objects.get().next_try - timezone.now()
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)

    make_due()
    again = Mail.objects.claim()
    assert again is not None
    assert again.attempts == 2


# What is kept until then


def test_neither_link_nor_text_is_kept(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    person = {"username": "ada", "password": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), {"email": ADDRESS, **person})
    client.post(reverse("account_reset_password"), {"email": ADDRESS})

    rows = serialize("json", Mail.objects.all())
    assert {name for row in json.loads(rows) for name in row["fields"]} == {
        *("purpose", "user", "address", "language", "data"),
        *("attempts", "next_try", "created_at"),
    }
    assert [json.loads(rows)[index]["fields"]["data"] for index in (0, 1)] == [{}, {}]
    links = [mailbox.link(0), mailbox.link(1)]
    assert not [link for link in links if link.split("/")[-2] in rows]


def test_a_stranger_who_asks_leaves_a_row_that_is_dropped(mailbox: Mailbox) -> None:
    Client().post(reverse("account_reset_password"), {"email": "nobody@example.com"})

    assert Mail.objects.count() == 1
    assert len(mailbox) == 0
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("language", "attributes"),
    [("de", 'lang="de" dir="ltr"'), ("ar", 'lang="ar" dir="rtl"'), ("xx", 'lang="en" dir="ltr"')],
)
def test_a_mail_is_in_the_language_of_the_request(
    language: str, attributes: str, ada: Any, mailbox: Mailbox
) -> None:
    client = Client(headers={"accept-language": language})
    client.post(reverse("account_reset_password"), {"email": ADDRESS})

    with translation.override("fr"):
        assert f"<html {attributes}>" in mailbox[0].alternatives[0].content
        assert translation.get_language() == "fr"


def test_without_a_language_a_mail_is_in_that_of_the_project(ada: Any) -> None:
    with translation.override(None):
        assert queue(ada).language == "en"


def test_nothing_is_sent_to_whoever_has_no_address(make_user: Callable[..., Any]) -> None:
    person = make_user(email=None)
    Mail.objects.queue("password_changed", person.email, person)

    assert outbox.drain() == 0
    assert not Mail.objects.exists()


def test_a_mail_survives_the_person(make_user: Callable[..., Any], mailbox: Mailbox) -> None:
    person = make_user(email=ADDRESS)
    queue(person)
    Mail.objects.queue("account_deleted", ADDRESS)
    get_user_model().objects.filter(pk=person.pk).delete()

    assert [message.subject for message in mailbox] == [
        "Your account at accounts.example.com has been deleted"
    ]


def test_the_thread_is_left_alone_where_it_is_off(ada: Any) -> None:
    outbox.wake()

    assert "authkit-mail" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize(("verbosity", "said"), [(1, "1 sent\n"), (0, "")])
def test_the_command_sends_and_says_how_many(
    verbosity: int, said: str, ada: Any, capsys: Any
) -> None:
    queue(ada)

    call_command("authkit_send_mail", verbosity=verbosity)

    assert (capsys.readouterr().out, len(mail.outbox)) == (said, 1)


def test_only_a_new_mail_wakes_the_thread(
    ada: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        queued = queue(ada)
        queued.attempts = 1
        queued.save()

    assert callbacks == [outbox.wake]


def test_a_mail_is_named_by_purpose_and_number(ada: Any) -> None:
    queued = queue(ada)

    assert str(queued) == f"password_reset {queued.pk}"
