"""The commands for cron: what they do, what they say, and that they may be run at any time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from authkit.models import Mail, Status, get_event_model

WEEK = timedelta(days=7)


def run(command: str, capsys: Any, **options: Any) -> str:
    """What the command says."""
    call_command(command, **options)
    return str(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("command", "said"), [("authkit_send_mail", "0 sent\n"), ("authkit_prune", "0 deleted\n")]
)
def test_a_command_with_nothing_to_do_says_so_unless_it_is_to_be_quiet(
    command: str, said: str, db: Any, capsys: Any
) -> None:
    assert run(command, capsys) == said
    assert run(command, capsys, verbosity=0) == ""


def test_mail_is_sent_once_however_often_it_is_asked_for(user: Any, capsys: Any) -> None:
    for _ in range(3):
        Mail.objects.queue("password_reset", user.email, user)

    assert [run("authkit_send_mail", capsys) for _ in range(2)] == ["3 sent\n", "0 sent\n"]
    assert len(mail.outbox) == 3


def test_only_what_was_never_verified_in_time_is_deleted(
    make_user: Callable[..., Any], capsys: Any
) -> None:
    late = timezone.now() - WEEK - timedelta(minutes=1)
    early = timezone.now() - WEEK + timedelta(minutes=1)
    kept = {make_user(status=status, date_joined=late).pk for status in Status}
    expired = get_user_model().objects.get(status=Status.UNVERIFIED)
    kept = (kept - {expired.pk}) | {make_user(status=Status.UNVERIFIED, date_joined=early).pk}

    assert run("authkit_prune", capsys) == "1 deleted\n"
    assert set(get_user_model().objects.values_list("pk", flat=True)) == kept
    assert run("authkit_prune", capsys) == "0 deleted\n"


def test_the_time_until_then_is_a_setting(
    make_user: Callable[..., Any], capsys: Any, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"UNVERIFIED_EXPIRATION": 3600}
    joined = timezone.now() - timedelta(seconds=3700)
    make_user(status=Status.UNVERIFIED, date_joined=joined)

    assert run("authkit_prune", capsys) == "1 deleted\n"


def test_what_is_deleted_is_recorded(make_user: Callable[..., Any], capsys: Any) -> None:
    user = make_user(status=Status.UNVERIFIED, date_joined=timezone.now() - 2 * WEEK)
    key = str(user.pk)
    run("authkit_prune", capsys)

    [event] = get_event_model().objects.filter(name="user_delete")
    assert event.data == {"users": [key], "count": 1}
