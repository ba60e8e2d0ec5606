"""TK: a mailed link does one thing, once, for one person, for a while, and is stored nowhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import reverse

from authkit.accounts.tokens import LIFETIMES
from authkit.models import Mail, Status
from tests.conftest import PASSWORD, Mailbox

from .conftest import Clock
from .dumps import stored, tables
from .links import ISSUERS, NEW_ADDRESS, NEW_PASSWORD, Link, ask_for_change, fresh, log_in
from .pages import FORMS, LINKS, path
from .races import at_once

PURPOSES = list(ISSUERS)
Issue = Callable[[str], Link]
SESSION = ("django_session",)
EVENT = ("authkit_event",)


def state(user: Any) -> tuple[Any, ...]:
    """What a link could change."""
    row = fresh(user)
    return row.status, row.password, row.email, row.version


def dead(response: Any) -> bool:
    return bool(response.status_code == 404 and response.context["state"] == "invalid")


# TK01


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_a_link_works_once(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    browser, other = Client(), Client()
    path = link.open(browser)
    kept = link.open(other)
    before = state(link.user)
    assert browser.post(path, link.data).status_code == 302
    after = state(link.user)
    assert after != before
    for client, again in ((browser, path), (other, kept)):
        assert dead(client.get(again))
        assert dead(client.post(again, link.data))
    assert link.is_dead()
    assert state(link.user) == after


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_a_link_ends_with_its_lifetime(clock: Clock, issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    clock.tick(LIFETIMES[purpose] - 1)
    client = Client()
    path = link.open(client)
    before = state(link.user)
    clock.tick(2)
    assert link.is_dead()
    # To have opened it in time prolongs nothing.
    assert dead(client.post(path, link.data))
    assert state(link.user) == before


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_a_link_works_until_its_lifetime_ends(
    clock: Clock, issue: Issue, purpose: str
) -> None:
    link = issue(purpose)
    clock.tick(LIFETIMES[purpose] - 1)
    assert link.use(Client()).status_code == 302


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_a_link_serves_no_other_purpose(issue: Issue, purpose: str) -> None:
    token = issue(purpose).token
    names = {
        "email_verification": "account_confirm_email",
        "email_change": "account_email_change_confirm",
        "email_change_cancel": "account_email_change_cancel",
    }
    paths = {key: reverse(name, args=[token]) for key, name in names.items()}
    paths["password_reset"] = reverse("account_reset_password_from_key", args=["1", token])
    assert Client().get(paths.pop(purpose)).status_code == 302
    assert all(dead(Client().get(path)) for path in paths.values())


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_an_opened_link_serves_no_other_page(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    client = Client()
    own = link.open(client)
    before = tables(without=SESSION + EVENT)
    for name, other in LINKS.items():
        if other != purpose:
            assert path(name) != own
            assert dead(client.get(path(name)))
            assert dead(client.post(path(name), FORMS[name]))
    assert tables(without=SESSION + EVENT) == before
    assert client.post(own, link.data).status_code == 302


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_a_link_that_was_tampered_with_is_dead(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    pk, stamp, signature = link.token.split(":")
    stranger = str(link.user.pk + 1)
    forged = [
        f"{stranger}:{stamp}:{signature}",
        f"{pk}:1zzzzz:{signature}",
        f"{pk}:{stamp}:{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{pk}:{stamp}:",
        f"{pk}:{signature}",
        pk,
        "open",
        "0" * 5000,
        "१",
    ]
    assert all(dead(Client().get(link.path.replace(link.token, token))) for token in forged)


# TK03


def change_password(user: Any) -> None:
    data = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert log_in(user).post(reverse("account_change_password"), data).status_code == 302


def set_password(user: Any) -> None:
    get_user_model().objects.set_password(fresh(user), NEW_PASSWORD)


def change_address(user: Any) -> None:
    get_user_model().objects.set_email(fresh(user), "third@example.com")


def save_address(user: Any) -> None:
    row = fresh(user)
    row.email = "third@example.com"
    row.save()


def rename(user: Any) -> None:
    row = fresh(user)
    row.username = "renamed"
    row.save()


def log_out_everywhere(user: Any) -> None:
    log_in(user).post(reverse("account_sessions"), {"session": "others"})


def register_again(user: Any) -> None:
    data = {"email": user.email, "username": "again", "password": PASSWORD, "password2": PASSWORD}
    assert Client().post(reverse("account_signup"), data).status_code == 302


ANYTIME = {
    "block": lambda user: fresh(user).block(),
    "delete": lambda user: fresh(user).delete(),
    "new password by program": set_password,
    "new address by program": change_address,
    "new address saved": save_address,
    "new user name": rename,
}
ACTIVE = {
    **ANYTIME,
    "disable": lambda user: fresh(user).disable(),
    "new password by page": change_password,
    "log out everywhere": log_out_everywhere,
}
EVENTS = {
    "email_verification": {**ANYTIME, "registered again": register_again},
    "password_reset": ACTIVE,
    "email_change": ACTIVE,
    "email_change_cancel": ACTIVE,
}


@pytest.mark.parametrize(
    ("purpose", "event"),
    [(purpose, event) for purpose, events in EVENTS.items() for event in events],
)
def test_tk03_a_link_dies_with_what_it_was_made_for(issue: Issue, purpose: str, event: str) -> None:
    link = issue(purpose)
    client = Client()
    path = link.open(client)
    EVENTS[purpose][event](link.user)
    before = tables(without=SESSION + EVENT)
    assert link.is_dead()
    assert dead(client.get(path))
    assert dead(client.post(path, link.data))
    assert tables(without=SESSION + EVENT) == before


@pytest.mark.parametrize("purpose", ["password_reset", "email_change", "email_change_cancel"])
def test_tk03_the_use_of_a_sibling_kills_a_link(
    issue: Issue, mailbox: Mailbox, purpose: str
) -> None:
    """A reset link, a link to the new and one to the old address are siblings."""
    reset = issue("password_reset")
    ask_for_change(reset.user)
    links = {"password_reset": reset}
    for sent in mailbox:
        if found := re.search(r"https://[^/]+(/auth/email_change/(cancel/)?\S+)", sent.body):
            kind = "email_change_cancel" if found[2] else "email_change"
            links[kind] = Link(kind, found[1], reset.user, {})
    assert len(links) == 3
    assert links.pop(purpose).use(Client()).status_code == 302
    assert all(link.is_dead() for link in links.values())


def test_tk03_a_reset_link_dies_with_the_address_it_was_mailed_to(issue: Issue) -> None:
    link = issue("password_reset")
    change_address(link.user)
    get_user_model().objects.set_email(fresh(link.user), link.user.email)
    assert link.is_dead()


def test_tk03_a_link_to_an_address_that_is_no_longer_wanted_is_dead(issue: Issue) -> None:
    link = issue("email_change")
    ask_for_change(link.user, "other@example.com")
    assert link.is_dead()


def test_tk03_a_reset_verifies_and_kills_the_verification_link(
    issue: Issue, mailbox: Mailbox
) -> None:
    link = issue("email_verification")
    Client().post(reverse("account_reset_password"), {"email": link.user.email})
    reset = Link("password_reset", mailbox.link(), link.user, link.data)
    assert reset.use(Client()).status_code == 302
    assert fresh(link.user).status == Status.ACTIVE
    assert link.is_dead()


# TK04


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk04_a_token_is_stored_and_logged_nowhere(
    issue: Issue, purpose: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = issue(purpose)
    assert link.token not in stored()
    client = Client()
    path = link.open(client)
    client.get(path)
    signature = link.token.rsplit(":", 1)[1]
    assert signature not in stored()
    assert link.data == {} or client.post(path, {}).status_code == 200
    client.post(path, link.data)
    Client().get(reverse("account_profile"), {"next": "/"})
    assert signature not in stored()
    assert signature not in caplog.text
    assert PASSWORD not in stored()
    assert NEW_PASSWORD not in stored()


def test_tk04_the_outbox_holds_no_token(user: Any) -> None:
    Client().post(reverse("account_reset_password"), {"email": user.email})
    (row,) = Mail.objects.values()
    assert set(row) == {
        *("id", "purpose", "user_id", "address", "language"),
        *("data", "attempts", "next_try", "created_at"),
    }
    assert row["data"] == {}


# TK08

EVIL = "evil.example"
POISONS: list[dict[str, str]] = [
    {"HTTP_HOST": EVIL},
    {"HTTP_HOST": f"{EVIL}:443"},
    {"HTTP_X_FORWARDED_HOST": EVIL},
    {"HTTP_X_HOST": EVIL},
    {"HTTP_FORWARDED": f"host={EVIL};proto=http"},
    {"HTTP_ORIGIN": f"https://{EVIL}", "HTTP_REFERER": f"https://{EVIL}/"},
    {"SERVER_NAME": EVIL, "SERVER_PORT": "8080"},
    {"HTTP_HOST": EVIL, "HTTP_X_FORWARDED_HOST": EVIL, "HTTP_X_FORWARDED_PROTO": "http"},
]


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: "+".join(poison))
def test_tk08_mailed_links_come_from_the_configuration(
    make_user: Callable[..., Any], settings: Any, mailbox: Mailbox, poison: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.USE_X_FORWARDED_HOST = True
    user, unverified = make_user(), make_user(status="unverified")
    client = Client(**poison)
    passwords = {"password": PASSWORD, "password2": PASSWORD}
    for page, data in (
        ("account_reset_password", {"email": user.email}),
        ("account_username_retrieval", {"email": user.email}),
        ("account_email_verification_sent", {"email": unverified.email}),
        ("account_signup", {"email": "new1@example.com", "username": "new1", **passwords}),
        ("account_signup", {"email": user.email, "username": "new2", **passwords}),
        ("account_login", {"login": user.email, "password": PASSWORD}),
        ("account_email", {"email": NEW_ADDRESS, "password": PASSWORD}),
    ):
        assert client.post(reverse(page), data).status_code == 302, page
    sent = list(mailbox)
    assert len(sent) == 7
    for message in sent:
        for text in (message.body, message.alternatives[0][0]):
            assert "evil" not in text
            hosts = set(re.findall(r"https?://([^/\s\"<]+)", text))
            assert hosts <= {"accounts.example.com"}, message.subject


def test_tk08_two_host_headers_are_refused(user: Any, settings: Any, mailbox: Mailbox) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(HTTP_HOST=f"accounts.example.com, {EVIL}")
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response.status_code == 400
    assert len(mailbox) == 0


# TK09


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk09_scanners_that_open_a_link_change_nothing(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    before = tables(without=SESSION)
    for method in ("get", "head", "options"):
        for _turn in range(10):
            client = Client()
            response = getattr(client, method)(link.path)
            if response.status_code == 302:
                assert getattr(client, method)(response.url).status_code == 200
                assert client.get(response.url).status_code == 200
    assert tables(without=SESSION) == before
    assert link.use(Client()).status_code == 302
    assert tables(without=SESSION) != before


# TK10


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk10_an_opened_link_leaks_nothing(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    client = Client()
    first = client.get(link.path)
    second = client.get(first.url)
    body = second.content.decode()
    assert link.token not in first.url
    assert link.token not in body
    assert link.token.rsplit(":", 1)[1] not in body
    for response in (first, second):
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in response.headers["Cache-Control"]
        assert link.token not in str(response.headers)
        assert link.token not in str(response.cookies)
    elsewhere = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]*)"', body)
    assert [url for url in elsewhere if not url.startswith("https://accounts.example.com")] == []


# TK11

LOOKALIKES = ["mıke@example.com", "MİKE@example.com", "miKe@exampLE.com", "mike@examp1e.com"]
SAME = ["MIKE@EXAMPLE.COM", " mike@example.com ", "ｍｉｋｅ@example.com", "mike@ｅxample.com"]


@pytest.mark.parametrize("page", ["account_reset_password", "account_username_retrieval"])
@pytest.mark.parametrize("spelling", [*LOOKALIKES, *SAME])
def test_tk11_a_mail_goes_to_the_stored_address_or_to_nobody(
    make_user: Callable[..., Any], mailbox: Mailbox, spelling: str, page: str
) -> None:
    make_user(email="mike@example.com", username="mike")
    response = Client().post(reverse(page), {"email": spelling})
    assert response.status_code in {200, 302}
    sent = [message.to for message in mailbox]
    assert sent in ([], [["mike@example.com"]])
    if response.status_code == 302:
        assert bool(sent) == (spelling in SAME or spelling == LOOKALIKES[2])
    else:
        assert sent == []


@pytest.mark.parametrize("spelling", [*LOOKALIKES[:2], LOOKALIKES[3]])
def test_tk11_a_lookalike_cannot_take_an_address_over(
    make_user: Callable[..., Any], mailbox: Mailbox, spelling: str
) -> None:
    mike = make_user(email="mike@example.com", username="mike", status="unverified")
    passwords = {"password": NEW_PASSWORD, "password2": NEW_PASSWORD}
    data = {"email": spelling, "username": "mallory", **passwords}
    Client().post(reverse("account_signup"), data)
    assert fresh(mike).check_password(PASSWORD)
    assert all(message.to != ["mike@example.com"] for message in mailbox)


# TK12

INJECTIONS = [
    "a@evil.example,mike@example.com",
    "mike@example.com,a@evil.example",
    "a@evil.example;mike@example.com",
    '["a@evil.example", "mike@example.com"]',
    "mike@example.com\r\nBcc: a@evil.example",
    "mike@example.com\nBcc: a@evil.example",
    "mike@example.com%0d%0aBcc: a@evil.example",
    "mike@example.com\x00@evil.example",
    "mike@example.com\u2028Bcc: a@evil.example",
    "<mike@example.com> a@evil.example",
    "mike@example.com a@evil.example",
    "Mike <mike@example.com>",
    "mike@example.com@evil.example",
    "mike",
    "@example.com",
    f"{'a' * 400}@example.com",
]
TAKERS = ["account_reset_password", "account_username_retrieval", "account_email_verification_sent"]


@pytest.mark.parametrize("page", TAKERS)
@pytest.mark.parametrize("address", INJECTIONS, ids=range(len(INJECTIONS)))
def test_tk12_what_is_not_one_address_is_refused(
    make_user: Callable[..., Any], mailbox: Mailbox, page: str, address: str
) -> None:
    make_user(email="mike@example.com")
    response = Client().post(reverse(page), {"email": address})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Mail.objects.exists()
    assert len(mailbox) == 0


@pytest.mark.parametrize("page", TAKERS[:2])
@pytest.mark.parametrize(
    "address", ["mike@example.com\n", "\r\nmike@example.com", "mike@example.com\t"]
)
def test_tk12_white_space_around_an_address_goes_nowhere(
    make_user: Callable[..., Any], mailbox: Mailbox, page: str, address: str
) -> None:
    make_user(email="mike@example.com")
    Client().post(reverse(page), {"email": address})
    assert [message.to for message in mailbox] == [["mike@example.com"]]


@pytest.mark.parametrize("page", TAKERS)
def test_tk12_of_several_addresses_one_counts(
    make_user: Callable[..., Any], mailbox: Mailbox, page: str
) -> None:
    status = "unverified" if page == TAKERS[2] else "active"
    make_user(email="mike@example.com", status=status)
    Client().post(reverse(page), {"email": ["a@evil.example", "mike@example.com"]})
    assert [message.to for message in mailbox] == [["mike@example.com"]]
    mailbox.clear()
    Client().post(reverse(page), {"email": ["mike@example.com", "a@evil.example"]})
    assert len(mailbox) == 0


# TK14


@pytest.mark.parametrize("password", ["", "certainly not the password"])
def test_tk14_a_change_of_address_takes_the_password(
    user: Any, mailbox: Mailbox, password: str
) -> None:
    client = log_in(user)
    before = tables(without=SESSION + EVENT)
    response = client.post(reverse("account_email"), {"email": NEW_ADDRESS, "password": password})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert tables(without=SESSION + EVENT) == before
    assert len(mailbox) == 0


def test_tk14_the_old_address_stays_until_the_new_one_is_proved(issue: Issue) -> None:
    link = issue("email_change")
    assert fresh(link.user).email == link.user.email
    log_in(link.user)
    data = {"login": NEW_ADDRESS, "password": PASSWORD}
    assert Client().post(reverse("account_login"), data).status_code == 200
    link.use(Client())
    assert fresh(link.user).email == NEW_ADDRESS
    assert mail.outbox[-1].to != [NEW_ADDRESS]
    data = {"login": link.user.email, "password": PASSWORD}
    assert Client().post(reverse("account_login"), data).status_code == 200


def test_tk14_the_old_address_is_told_twice_and_may_stop_it(issue: Issue, mailbox: Mailbox) -> None:
    link = issue("email_change")
    told = [message for message in mailbox if message.to == [link.user.email]]
    assert len(told) == 1
    assert NEW_ADDRESS not in told[0].body
    assert "/auth/email_change/cancel/" in told[0].body
    mailbox.clear()
    link.use(Client())
    assert [message.to for message in mailbox] == [[link.user.email]]


def test_tk14_stopping_the_change_ends_the_sessions_of_whoever_asked(issue: Issue) -> None:
    link = issue("email_change_cancel")
    thief = log_in(link.user)
    assert link.use(Client()).status_code == 302
    assert thief.get(reverse("account_profile")).status_code == 302
    assert not link.user.emailaddress_set.filter(primary=False).exists()
    assert fresh(link.user).email == link.user.email


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "blocked"])
def test_tk14_an_address_taken_meanwhile_is_refused(
    issue: Issue, make_user: Callable[..., Any], status: str
) -> None:
    link = issue("email_change")
    client = Client()
    path = link.open(client)
    other = make_user(email=NEW_ADDRESS, status="active" if status == "blocked" else status)
    if status == "blocked":
        other.block()
    before = tables(without=SESSION + EVENT)
    assert dead(client.post(path, link.data))
    assert tables(without=SESSION + EVENT) == before


# TK16


@pytest.mark.parametrize("status", ["active", "unverified", "disabled"])
def test_tk16_a_reset_logs_nobody_in(
    make_user: Callable[..., Any], mailbox: Mailbox, status: str
) -> None:
    user = make_user(status=status)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    data = {"new_password": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    response = Link("password_reset", mailbox.link(), user, data).use(client)
    client.get(response.url)
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("account_profile")).status_code == 302
    assert fresh(user).check_password(NEW_PASSWORD)


@pytest.mark.parametrize("purpose", ["password_reset", "username_retrieval"])
def test_tk16_a_retrieval_mails_no_password_and_changes_none(
    user: Any, mailbox: Mailbox, purpose: str
) -> None:
    page = {"password_reset": "account_reset_password"}.get(purpose, "account_username_retrieval")
    before = state(user)
    Client().post(reverse(page), {"email": user.email})
    (message,) = mailbox
    words = re.findall(r"\S+", message.body)
    assert state(user) == before
    assert not any(user.check_password(word) for word in words)


# Races


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_of_two_uses_at_once_one_wins(issue: Issue, purpose: str, settings: Any) -> None:
    # A real hash widens the gap between looking and writing.
    settings.PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]
    for _round in range(3):
        link = issue(purpose)
        actions = []
        for number in range(2):
            client = Client()
            data = {name: f"{value} {number}" for name, value in link.data.items()}
            actions.append(partial(client.post, link.open(client), data))
        answers = at_once(actions)
        assert sorted(answer.status_code for answer in answers) == [302, 404]
        if "new_password" in link.data:
            winner = next(n for n, answer in enumerate(answers) if answer.status_code == 302)
            assert fresh(link.user).check_password(f"{NEW_PASSWORD} {winner}")
        fresh(link.user).delete()


@pytest.mark.django_db(transaction=True)
def test_tk03_of_a_reset_and_a_block_at_once_the_account_ends_blocked(
    issue: Issue, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]
    for _round in range(3):
        link = issue("password_reset")
        client = Client()
        use = partial(client.post, link.open(client), link.data)
        at_once([use, fresh(link.user).block])
        assert fresh(link.user).status == Status.BLOCKED
        data = {"login": link.user.email, "password": NEW_PASSWORD}
        stranger = Client()
        stranger.post(reverse("account_login"), data)
        assert "_auth_user_id" not in stranger.session
