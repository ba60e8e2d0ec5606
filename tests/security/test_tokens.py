"""TK: a mailed link does one thing, once, for one person, for a while."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.accounts.tokens import LIFETIMES
from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

from .conftest import Clock
from .dumps import EVENT, SESSION, tables
from .links import (
    ISSUERS,
    NEW_PASSWORD,
    Link,
    ask_for_change,
    dead,
    fresh,
    log_in,
    state,
)
from .pages import FORMS, LINKS, path
from .races import at_once

PURPOSES = list(ISSUERS)
Issue = Callable[[str], Link]


# TK01


@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_a_link_works_once(issue: Issue, purpose: str) -> None:
    link = issue(purpose)
    browser, other = link.browser(), link.browser()
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
def test_tk01_a_used_link_leaves_no_claim_in_the_browser(issue: Issue, purpose: str) -> None:
    link, claim = issue(purpose), "authkit_claim"
    browser = link.browser()
    path = link.open(browser)
    assert claim in browser.session
    browser.post(path, link.data)
    assert claim not in browser.session


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
    link = links.pop(purpose)
    assert link.use(link.browser()).status_code == 302
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


def succeeded(answer: Any) -> bool:
    """Whether it is neither the page of a dead link nor the login with the way back."""
    assert answer.status_code == 302 or dead(answer)
    return answer.status_code == 302 and "?next=" not in answer.url


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("purpose", PURPOSES)
def test_tk01_of_two_uses_at_once_one_wins(issue: Issue, purpose: str, settings: Any) -> None:
    # A real hash widens the gap between looking and writing.
    settings.PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]
    for _round in range(3):
        link = issue(purpose)
        actions = []
        for number in range(2):
            client = link.browser()
            data = {name: f"{value} {number}" for name, value in link.data.items()}
            actions.append(partial(client.post, link.open(client), data))
        answers = at_once(actions)
        # Whoever lost may find the own session ended, and be sent to the login.
        winners = [number for number, answer in enumerate(answers) if succeeded(answer)]
        assert len(winners) == 1
        if "new_password" in link.data:
            (winner,) = winners
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
