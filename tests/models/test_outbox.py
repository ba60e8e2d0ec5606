"""The mail outbox: what is due is handed out once, and tried again ever later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone, translation

from authkit.models import Mail, User
from authkit.models.outbox import BATCH, BATCHES, CLAIM, GIVE_UP

pytestmark = pytest.mark.django_db


def wait(time: timedelta) -> None:
    """Let time pass, for the outbox."""
    Mail.objects.update(next_try=F("next_try") - time, created_at=F("created_at") - time)


def claim() -> Mail:
    mail = Mail.objects.claim()
    assert mail is not None
    return mail


def test_a_mail_says_whom_and_why_in_which_language(user: User) -> None:
    with translation.override("de"):
        mail = Mail.objects.queue("registration", user.email, user, person="5")

    assert (mail.purpose, mail.address, mail.user) == ("registration", user.email, user)
    assert (mail.data, mail.language, str(mail)) == (
        {"person": "5"},
        "de",
        f"registration {mail.pk}",
    )


def test_a_mail_needs_neither_address_nor_language() -> None:
    with translation.override(None):
        mail = Mail.objects.queue("registration", None)

    assert (mail.address, mail.user, mail.language) == ("", None, "en")


def test_the_oldest_is_claimed_first() -> None:
    first, second = Mail.objects.queue("a", "a@x.org"), Mail.objects.queue("b", "b@x.org")

    assert [claim(), claim(), Mail.objects.claim()] == [first, second, None]


@pytest.mark.parametrize(("quicker", "claimed"), [(1, 1), (BATCH, BATCH), (BATCH * BATCHES, None)])
def test_whoever_was_too_late_for_a_mail_takes_a_later_one(
    quicker: int, claimed: int | None
) -> None:
    """So often does another sender take the mail between our look and our claim."""
    number = BATCH * BATCHES + 1
    mails = Mail.objects.bulk_create([Mail(purpose="a", address="a@x.org") for _ in range(number)])

    def rival(execute: Any, sql: str, *args: Any) -> Any:
        nonlocal quicker
        if sql.startswith("UPDATE") and quicker:
            left, quicker = quicker - 1, 0
            assert Mail.objects.claim() is not None
            quicker = left
        return execute(sql, *args)

    with connection.execute_wrapper(rival):
        mail = Mail.objects.claim()

    assert quicker == 0
    assert mail == (None if claimed is None else mails[claimed])


def test_an_empty_outbox_is_looked_at_once(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert Mail.objects.claim() is None


def test_a_claim_lapses() -> None:
    Mail.objects.queue("a", "a@x.org")

    attempts = [claim().attempts]
    wait(CLAIM - timedelta(minutes=1))
    assert Mail.objects.claim() is None
    wait(timedelta(minutes=1))
    attempts.append(claim().attempts)

    assert attempts == [1, 2]


def test_a_claim_knows_its_row() -> None:
    Mail.objects.queue("a", "a@x.org")

    mail = claim()

    row = Mail.objects.get()
    assert (mail.attempts, mail.next_try) == (row.attempts, row.next_try)


def test_a_mail_is_tried_ever_later() -> None:
    Mail.objects.queue("a", "a@x.org")
    delays = []
    for _attempt in range(10):
        assert claim().postpone()
        delay = Mail.objects.get().next_try - timezone.now()
        delays.append(round(delay.total_seconds()))
        wait(delay)

    assert delays == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_a_mail_is_given_up() -> None:
    Mail.objects.queue("a", "a@x.org")
    wait(GIVE_UP - timedelta(minutes=1))
    assert claim().postpone()
    wait(timedelta(hours=1))

    assert not claim().postpone()

    assert not Mail.objects.exists()


def test_a_mail_that_was_sent_is_gone() -> None:
    Mail.objects.queue("a", "a@x.org")

    claim().done()

    assert not Mail.objects.exists()


def test_a_mail_outlives_its_user(user: User) -> None:
    Mail.objects.all().delete()
    Mail.objects.queue("account_deleted", user.email, user)

    user.delete()

    assert [(mail.user, mail.address) for mail in Mail.objects.all()] == [
        (None, "user1@example.com")
    ]
