"""The mail thread of a web server's worker: requests neither wait nor fail, and no mail is lost."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from authkit.models import Mail, Status, get_event_model
from tests.conftest import PASSWORD

from .moods import MoodyServer, wait_until
from .worker import Worker

pytestmark = pytest.mark.django_db(transaction=True)

MOODS = ["ok", "refuse", "hang", "delay", "drop", "down"]
LIMIT = 2.0  # seconds that an answer may take, however the mail server is


@pytest.fixture
def server(settings: Any) -> Iterator[MoodyServer]:
    """The mail server of this process and of its workers."""
    server = MoodyServer()
    server.start()
    for name, value in server.settings().items():
        setattr(settings, name, value)
    yield server
    server.stop()


@pytest.fixture
def worker(server: MoodyServer) -> Iterator[Worker]:
    with Worker(connection.settings_dict["NAME"], server.settings()) as worker:
        yield worker


def make_due() -> None:
    """What waits for another try or was being sent by whoever is gone, is due now."""
    Mail.objects.update(next_try=timezone.now())


@pytest.mark.parametrize("mood", MOODS)
def test_no_page_waits_for_the_mail_server_or_betrays_how_it_is(
    mood: str, server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    make_user(email="new@example.com", status=Status.UNVERIFIED)
    server.become(mood)

    answers = []
    for who in ("ada", "nobody"):
        address = f"{who}@example.com"
        person = {"username": "somebody", "password": PASSWORD, "password2": PASSWORD}
        answers += [
            worker.ask("post", name="account_reset_password", email=address),
            worker.ask("post", name="account_username_retrieval", email=address),
            worker.ask("post", name="account_email_verification_sent", email=address),
            worker.ask("post", name="account_signup", email=address, **person),
        ]

    assert [(answer["status"], answer["to"]) for answer in answers] == 2 * [
        (302, reverse("account_reset_password_done")),
        (302, reverse("account_username_retrieval_done")),
        (302, reverse("account_email_verification_sent")),
        (302, reverse("account_email_verification_sent")),
    ]
    assert max(answer["seconds"] for answer in answers) < LIMIT


@pytest.mark.parametrize("mood", MOODS)
def test_a_mail_arrives_once_the_server_is_back(
    mood: str, server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    failures = get_event_model().objects.filter(name="mail_failed")
    server.become(mood)
    worker.ask("post", name="account_reset_password", email="ada@example.com")
    if mood not in {"ok", "delay"}:
        wait_until(failures.exists)
        assert not server.messages

    server.recover()
    make_due()
    worker.ask("post", name="account_username_retrieval", email="ada@example.com")

    subjects = sorted(str(message["subject"]) for message in server.wait_for(2))
    assert subjects == [
        "Choose a new password for accounts.example.com",
        "Your user name at accounts.example.com",
    ]
    wait_until(lambda: not Mail.objects.exists())


def test_the_thread_starts_with_the_first_commit(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")

    seen = worker.ask("commit", address="ada@example.com")

    assert ("authkit-mail" in seen["before"], "authkit-mail" in seen["after"]) == (False, True)
    assert server.wait_for(1)[0]["to"] == "ada@example.com"


def test_what_is_rolled_back_is_not_mailed(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    make_user(email="bob@example.com")

    assert "authkit-mail" not in worker.ask("roll_back", address="ada@example.com")["after"]
    worker.ask("commit", address="bob@example.com")

    server.wait_for(1)
    wait_until(lambda: not Mail.objects.exists())
    assert server.recipients() == ["bob@example.com"]


def test_there_is_one_thread_however_many_mails(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    for _ in range(3):
        worker.ask("commit", address="ada@example.com")

    server.wait_for(3)
    assert worker.ask("threads").count("authkit-mail") == 1


def test_a_forked_worker_has_a_thread_of_its_own(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    worker.ask("commit", address="ada@example.com")
    wait_until(lambda: not Mail.objects.exists())

    child = worker.ask("fork", name="account_reset_password", email="ada@example.com")

    assert child
    server.wait_for(2)
    worker.ask("commit", address="ada@example.com")
    server.wait_for(3)
    worker.ask("end", child=child)


@pytest.mark.parametrize("kind", ["OperationalError", "InterfaceError"])
def test_the_thread_survives_a_lost_database(
    kind: str, server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    worker.ask("break_database", kind=kind)
    for tries in (1, 2):
        worker.ask("commit", address="ada@example.com")
        wait_until(lambda tries=tries: worker.ask("failures") >= tries)
    assert not server.messages

    worker.ask("mend")
    assert "authkit-mail" in worker.ask("threads")
    worker.ask("commit", address="ada@example.com")

    server.wait_for(3)


def test_a_mail_that_always_fails_holds_up_no_other(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    for name in ("ada", "bob", "eve"):
        make_user(email=f"{name}@example.com", username=name)
    server.unwanted = {"ada@example.com"}
    for name in ("ada", "bob", "eve"):
        worker.ask("post", name="account_reset_password", email=f"{name}@example.com")

    server.wait_for(2)
    assert server.recipients() == ["bob@example.com", "eve@example.com"]
    wait_until(lambda: Mail.objects.count() == 1)
    assert Mail.objects.get().address == "ada@example.com"


def test_what_a_killed_worker_was_sending_is_sent_by_another(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    make_user(email="ada@example.com")
    server.become("hang")
    worker.ask("post", name="account_reset_password", email="ada@example.com")
    wait_until(lambda: server.visits > 0)

    worker.process.send_signal(signal.SIGKILL)
    worker.process.wait()
    server.recover()

    call_command("authkit_send_mail", verbosity=0)
    assert not server.messages  # for a while it might still be in the hands of the other
    make_due()
    call_command("authkit_send_mail", verbosity=0)
    call_command("authkit_send_mail", verbosity=0)
    assert server.recipients() == ["ada@example.com"]
    assert not Mail.objects.exists()


def test_a_worker_that_starts_sends_what_another_has_left(
    server: MoodyServer, worker: Worker, make_user: Callable[..., Any]
) -> None:
    for name in ("ada", "bob"):
        make_user(email=f"{name}@example.com", username=name)
    Mail.objects.queue(
        "password_reset", "ada@example.com", get_user_model().objects.get(username="ada")
    )

    worker.ask("commit", address="bob@example.com")

    server.wait_for(2)
    assert server.recipients() == ["ada@example.com", "bob@example.com"]
