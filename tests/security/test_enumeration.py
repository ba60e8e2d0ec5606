"""EN: no login tells whether an account exists, or what its status is."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD, Mailbox

from . import counting
from .answers import Answer, canonical, writes
from .counting import hashes
from .links import log_in
from .strangers import FLOWS, GHOST, KINDS, WRONG, ask, login, tries, typed

STATUS_WORDS = ("blocked", "pending", "approval", "disabled", "verif")


# EN01


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["email", "username"])
def test_en01_a_wrong_password_is_answered_the_same_for_every_account(
    holder: Any, kind: str, field: str, db: Any
) -> None:
    name = typed(holder(kind), field)
    ghost = typed(None, field)
    expected = canonical(login(ghost, WRONG), ghost)
    assert canonical(login(name, WRONG), name) == expected
    assert expected.status == 200


@pytest.mark.parametrize("kind", ["unverified", "pending", "disabled", "blocked"])
def test_en01_the_status_is_told_only_after_the_right_password(holder: Any, kind: str) -> None:
    user = holder(kind)
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": WRONG})
    page = client.get(reverse("account_inactive"))
    assert page.context["state"] == ""
    assert not any(word in page.content.decode() for word in STATUS_WORDS)
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    told = client.get(response.url).context["state"]
    assert told == ("sent" if kind == "unverified" else kind)


@pytest.mark.parametrize("kind", KINDS)
def test_en01_the_admins_login_says_the_same_for_every_account(
    holder: Any, kind: str, db: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.security.admin_urls"

    def answer(name: str) -> Answer:
        data = {"username": name, "password": WRONG}
        return canonical(Client().post("/admin/login/", data), name)

    assert answer(typed(holder(kind), "email")) == answer(GHOST)


# EN02


@pytest.mark.parametrize("kind", KINDS)
def test_en02_a_failed_login_writes_the_same_for_every_account(
    holder: Any, kind: str, db: Any
) -> None:
    name = typed(holder(kind), "email")
    assert writes(lambda: login(name, WRONG)) == writes(lambda: login(GHOST, WRONG))


def auc(these: list[float], those: list[float]) -> float:
    """How often one of *these* is longer than one of *those*: 0.5 tells nothing."""
    wins = sum((a > b) + (a == b) / 2 for a in these for b in those)
    return wins / (len(these) * len(those))


def measure(names: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Seconds of failed logins, interleaved."""
    times: dict[str, list[float]] = {kind: [] for kind in names}
    number = count()
    for turn in range(rounds + 3):
        for kind, name in names.items():
            cache.clear()
            began = time.perf_counter()
            login(name, f"{WRONG} {next(number)}")
            if turn >= 3:  # the first ones warm up
                times[kind].append(time.perf_counter() - began)
    return times


@pytest.mark.slow
def test_en02_the_time_of_a_failed_login_tells_no_account_from_another(
    holder: Any, settings: Any, db: Any
) -> None:
    settings.PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]
    names = {kind: typed(holder(kind), "email") for kind in ("ghost", *KINDS)}
    for rounds in (60, 200, 200):
        times = measure(names, rounds)
        told = {kind: auc(times[kind], times["ghost"]) for kind in KINDS}
        if all(0.35 <= value <= 0.65 for value in told.values()):
            return
    pytest.fail(f"the time tells: {told}")


# EN04


@pytest.mark.parametrize("kind", ["ghost", *KINDS])
@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_en04_a_login_computes_one_hash(
    holder: Any, kind: str, password: str, settings: Any, db: Any
) -> None:
    settings.PASSWORD_HASHERS = [counting.PATH]
    name = typed(holder(kind), "email")
    assert hashes(lambda: login(name, password)) == 1


# EN08


@pytest.mark.parametrize("kind", KINDS)
def test_en08_the_throttle_falls_after_as_many_tries_for_every_account(
    holder: Any, kind: str, db: Any
) -> None:
    name = typed(holder(kind), "email")
    numbers = count()

    def attempt(name: str) -> Any:
        return login(name, WRONG, REMOTE_ADDR=f"192.0.2.{next(numbers)}")

    assert tries(lambda: attempt(name)) == tries(lambda: attempt(GHOST)) == 5


def test_en08_every_spelling_of_an_account_counts_together(
    make_user: Callable[..., Any], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    make_user(email="user@example.com", username="user")
    numbers = count()

    def attempt() -> Any:
        number = next(numbers)
        spelling = SPELLINGS[number % len(SPELLINGS)]
        environ = {"REMOTE_ADDR": f"192.0.2.{number}", "HTTP_HOST": f"h{number}.example"}
        return login(spelling, WRONG, **environ)

    assert tries(attempt) == 5


SPELLINGS = [
    "user@example.com",
    "user",
    "USER@example.com",
    "ｕser@example.com",
    "ＵＳＥＲ",
    " user",
]


def test_en08_whoever_has_proved_the_mailbox_is_not_kept_waiting(
    user: Any, mailbox: Mailbox
) -> None:
    assert tries(lambda: login(user.email, WRONG)) == 5
    client = Client()
    ask("account_reset_password", user.email)
    page = client.get(mailbox.link()).url
    client.post(page, {"new_password": PASSWORD, "new_password2": PASSWORD})
    assert login(user.username, PASSWORD).status_code == 302


@pytest.mark.parametrize("page", FLOWS)
def test_en08_asking_for_mails_is_throttled_alike(holder: Any, page: str) -> None:
    user = holder("active")
    numbers = count()

    def attempt(name: str) -> Any:
        return ask(page, name, REMOTE_ADDR=f"192.0.2.{next(numbers)}")

    assert tries(lambda: attempt(user.email)) == tries(lambda: attempt(GHOST))


# EN10


def test_en10_a_foreign_session_is_answered_like_one_that_does_not_exist(
    user: Any, make_user: Callable[..., Any]
) -> None:
    other = make_user()
    others = log_in(other)
    foreign = UserSession.objects.get(user=other)
    client = log_in(user)

    def end(key: Any) -> Answer:
        return canonical(client.post(reverse("account_sessions"), {"session": key}))

    answer = end(foreign.pk)
    assert answer == end(foreign.pk + 1000)
    assert answer.status == 404
    assert others.get(reverse("account_profile")).status_code == 200
