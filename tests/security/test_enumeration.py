"""EN: no answer tells whether an account exists, or what its status is."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from authkit.models import Mail, get_event_model
from tests.conftest import PASSWORD, Mailbox
from tests.smtp import Mode, SmtpServer

from . import counting
from .answers import Answer, canonical, queries, writes
from .counting import hashes
from .links import fresh, log_in

WRONG = "certainly not the password"
KINDS = ("active", "unverified", "pending", "disabled", "blocked", "unusable")
GHOST = "ghost@example.com"
STATUS_WORDS = ("blocked", "pending", "approval", "disabled", "verif")


@pytest.fixture
def holder(make_user: Callable[..., Any]) -> Callable[[str], Any]:
    """A function that makes an account of a kind; None for the ghost."""

    def make(kind: str) -> Any:
        if kind == "ghost":
            return None
        if kind == "unusable":
            return make_user(password=None)
        user = make_user(status="active" if kind == "blocked" else kind)
        if kind == "blocked":
            user.block()
        return user

    return make


def typed(user: Any, field: str) -> str:
    if user is None:
        return GHOST if field == "email" else "ghost"
    return str(getattr(user, field))


def login(name: str, password: str, **environ: Any) -> Any:
    data = {"login": name, "password": password}
    return Client(**environ).post(reverse("account_login"), data)


def ask(page: str, address: str, **environ: Any) -> Any:
    return Client(**environ).post(reverse(page), {"email": address})


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
    for rounds in (60, 200):
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


# EN06, EN07: the four flows that write a mail

FLOWS = ["account_reset_password", "account_username_retrieval", "account_email_verification_sent"]


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


def register(address: str, username: str, **environ: Any) -> Any:
    names = {"first_name": "Ada", "last_name": "L"}
    passwords = {"password": PASSWORD, "password2": PASSWORD}
    data = {"email": address, "username": username, **names, **passwords}
    return Client(**environ).post(reverse("account_signup"), data)


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


# EN08


def tries(action: Callable[[], Any]) -> int:
    """How often *action* is answered before it is throttled."""
    for number in range(40):
        response = action()
        if response.status_code == 429 or b"Too many attempts" in response.content:
            return number
    return 40


@pytest.mark.parametrize("kind", KINDS)
def test_en08_the_throttle_falls_after_as_many_tries_for_every_account(
    holder: Any, kind: str, db: Any
) -> None:
    name = typed(holder(kind), "email")
    numbers = count()

    def attempt(name: str) -> Any:
        return login(name, WRONG, REMOTE_ADDR=f"192.0.2.{next(numbers)}")

    assert tries(lambda: attempt(name)) == tries(lambda: attempt(GHOST)) == 5


@pytest.mark.parametrize("page", FLOWS)
def test_en08_asking_for_mails_is_throttled_alike(holder: Any, page: str) -> None:
    user = holder("active")
    numbers = count()

    def attempt(name: str) -> Any:
        return ask(page, name, REMOTE_ADDR=f"192.0.2.{next(numbers)}")

    assert tries(lambda: attempt(user.email)) == tries(lambda: attempt(GHOST))


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
