"""Another address: wished for with the password, proved by its mailbox, stopped from the old."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.accounts.addresses import pending_address, set_pending_address
from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

NEW = "new@example.com"
OPENED = "/auth/email_change/open/"
ClientFor = Callable[[Any], Client]


def wish(client: Client, address: str = NEW, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_email"), {"email": address, "password": password})


def open_link(client: Client, mailbox: Mailbox, index: int) -> str:
    """The path that a mailed link leads to: the first goes to the new address."""
    return str(client.get(mailbox.link(index), follow=True).redirect_chain[-1][0])


def is_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def address_of(user: Any) -> str:
    return str(get_user_model().objects.get(pk=user.pk).email)


def rows(user: Any) -> list[tuple[str, bool, bool]]:
    """What the engine's table says of the person's addresses."""
    found = EmailAddress.objects.filter(user=user).order_by("-primary")
    return list(found.values_list("email", "primary", "verified"))


def test_nothing_changes_until_the_new_mailbox_is_proved(
    user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    client, other = client_for(user), client_for(user)
    old = user.email

    response = wish(client)
    assert (response.status_code, response.url) == (302, reverse("account_email"))
    page = client.get(response.url)
    assert (page.context["current"], page.context["pending"]) == (old, NEW)
    assert [message.to for message in mailbox] == [[NEW], [old]]
    path = open_link(client, mailbox, 0)
    assert address_of(user) == old

    mailbox.clear()
    response = client.post(path)

    assert (response.status_code, response.url) == (302, reverse("account_profile"))
    assert (address_of(user), rows(user)) == (NEW, [(NEW, True, True)])
    assert (is_in(client), is_in(other)) == (True, False)
    assert [message.to for message in mailbox] == [[old]]
    assert NEW not in str(mailbox[0].body)


def test_a_link_opened_elsewhere_asks_for_the_login_and_goes_on_after_it(
    user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    wish(client_for(user))
    elsewhere = Client()

    path = open_link(elsewhere, mailbox, 0)
    assert path == f"{reverse('account_login')}?next={reverse('account_email')}open/"
    credentials = {"login": user.email, "password": PASSWORD}
    page = elsewhere.post(path, credentials, follow=True)

    assert (page.redirect_chain[-1][0], page.context["state"]) == (OPENED, "confirm")
    assert address_of(user) == user.email
    assert elsewhere.post(OPENED).url == reverse("account_profile")
    assert address_of(user) == NEW


def test_the_mailbox_alone_gives_an_account_no_address(
    user: Any, make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    """Else an account could be squatted: the owner of the mailbox would confirm what somebody
    else asked for, whose password would then open an account with the owner's verified address.
    """
    wish(client_for(user))
    mailbox_owner, member = Client(), client_for(make_user())

    for client in (mailbox_owner, member):
        client.get(mailbox.link(0))
    login = mailbox_owner.post(OPENED)
    refusal = member.post(OPENED)

    assert (login.status_code, login.url) == (302, f"{reverse('account_login')}?next={OPENED}")
    assert (refusal.status_code, refusal.context["message"]) == (
        403,
        "This link belongs to another account. Log out, then open it again.",
    )
    assert address_of(user) == user.email


def test_what_was_opened_is_forgotten_when_somebody_else_logs_in(
    user: Any, make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    wish(client_for(user))
    browser, other = Client(), make_user()
    browser.get(mailbox.link(0))

    browser.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})

    assert browser.get(OPENED).status_code == 404


@pytest.mark.parametrize("index", [0, 1], ids=["confirm", "cancel"])
def test_looking_at_a_link_changes_nothing(
    index: int, user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    client = client_for(user)
    wish(client)
    link = mailbox.link(index)

    for method in (client.get, client.head, client.options):
        for _ in range(3):
            method(link, follow=True)

    assert (address_of(user), pending_address(user).email) == (user.email, NEW)
    assert is_in(client)
    assert client.post(open_link(client, mailbox, index)).status_code == 302


def test_the_old_mailbox_stops_the_change_and_ends_every_session(
    user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    client = client_for(user)
    wish(client)
    links = [mailbox.link(0), mailbox.link(1)]
    owner = Client()

    response = owner.post(open_link(owner, mailbox, 1))

    assert (response.status_code, response.url) == (302, reverse("account_reset_password"))
    assert (address_of(user), pending_address(user)) == (user.email, None)
    assert not is_in(client)
    assert [Client().get(link).status_code for link in links] == [404, 404]


@pytest.mark.parametrize("index", [0, 1], ids=["confirm", "cancel"])
def test_a_link_works_once(index: int, user: Any, client_for: ClientFor, mailbox: Mailbox) -> None:
    client = client_for(user)
    wish(client)
    path = open_link(client, mailbox, index)
    link = mailbox.link(index)

    first = client.post(path)
    second = client.post(path)
    third = client.get(link)

    assert [first.status_code, second.status_code, third.status_code] == [302, 404, 404]
    assert third.context["state"] == "invalid"


CHANGES: dict[str, Callable[[Any], Any]] = {
    "block": lambda user: user.block(),
    "disable": lambda user: user.disable(),
    "password": lambda user: get_user_model().objects.set_password(user, "another password"),
    "sessions": lambda user: get_user_model().objects.end_sessions(user),
    "another wish": lambda user: set_pending_address(user, "third@example.com"),
    "no wish": lambda user: set_pending_address(user, None),
    "deletion": lambda user: user.delete(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_link_dies_with_what_it_was_made_for(
    change: str, user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    wish(client_for(user))
    link = mailbox.link(0)

    CHANGES[change](get_user_model().objects.get(pk=user.pk))

    assert Client().get(link).status_code == 404


def test_the_later_wish_counts(user: Any, client_for: ClientFor, mailbox: Mailbox) -> None:
    client = client_for(user)
    wish(client, "first@example.com")
    wish(client, NEW)

    assert pending_address(user).email == NEW
    assert sorted(message.to[0] for message in mailbox) == [NEW, user.email, user.email]


def test_a_taken_address_is_answered_as_a_free_one_and_its_holder_is_told(
    user: Any, make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    holder = make_user(email="taken@example.com")
    free, taken = client_for(user), client_for(user)

    answers = [wish(free, NEW), wish(taken, "Taken@Example.com")]
    pages = [free.get(reverse("account_email")), taken.get(reverse("account_email"))]

    assert len({(answer.status_code, answer.url) for answer in answers}) == 1
    assert pages[0].context["pending"] == pages[1].context["pending"] == "taken@example.com"
    told = [message for message in mailbox if message.to == [holder.email]]
    assert [message.subject for message in told] == [
        "Your email address is in use at accounts.example.com"
    ]
    assert address_of(user) == user.email


def test_an_address_that_is_taken_meanwhile_stays_with_its_holder(
    user: Any, make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    client = client_for(user)
    wish(client)
    path = open_link(client, mailbox, 0)
    holder = make_user(email=NEW)

    assert client.post(path).status_code == 404
    assert (address_of(user), address_of(holder)) == (user.email, NEW)


def test_an_account_that_nobody_verified_does_not_hold_the_address(
    user: Any, make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    squatter = make_user(email=NEW, status=Status.UNVERIFIED)
    client = client_for(user)
    wish(client)

    client.post(open_link(client, mailbox, 0))

    assert address_of(user) == NEW
    assert not get_user_model().objects.filter(pk=squatter.pk).exists()


REFUSED = {
    "wrong password": (NEW, "a wrong passphrase", "password"),
    "no password": (NEW, "", "password"),
    "the same": ("USER1@example.com", PASSWORD, "email"),
    "no address": ("new@", PASSWORD, "email"),
    "two addresses": ("a@evil.example,b@example.com", PASSWORD, "email"),
    "too long": (f"{'x' * 250}@example.com", PASSWORD, "email"),
    "a ligature too many": (f"{'ﬃ' * 60}@{'x' * 60}.example.com", PASSWORD, "email"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_right_is_refused(
    case: str, user: Any, client_for: ClientFor, mailbox: Mailbox
) -> None:
    address, password, field = REFUSED[case]

    response = wish(client_for(user), address, password)

    assert set(response.context["form"].errors) == {field}
    assert (pending_address(user), len(mailbox)) == (None, 0)


def test_whoever_has_no_password_needs_none(
    make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    user = make_user(password=None)
    client = client_for(user)

    assert client.post(reverse("account_email"), {"email": NEW}).status_code == 302
    assert pending_address(user).email == NEW


def test_whoever_has_no_address_gets_a_first_one(
    make_user: Callable[..., Any], client_for: ClientFor, mailbox: Mailbox
) -> None:
    user = make_user(email=None)
    client = client_for(user)
    wish(client)

    client.post(open_link(client, mailbox, 0))

    assert address_of(user) == NEW
    assert len(mailbox) == 1
