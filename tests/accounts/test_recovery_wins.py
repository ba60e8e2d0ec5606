"""What a thief has begun ends with the owner's recovery."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.accounts import flows
from authkit.models import Mail, Status
from tests.accounts import meanwhile
from tests.conftest import PASSWORD, Mailbox

NEW = "an entirely different passphrase"


def users() -> Any:
    return get_user_model().objects


RECOVERIES: dict[str, Callable[[Any], None]] = {
    "password": lambda user: users().set_password(user, NEW),
    "sessions ended": lambda user: users().end_sessions(user),
    "blocked and allowed": lambda user: (user.block(), user.allow()),
    "disabled and allowed": lambda user: (user.disable(), user.allow()),
}


@pytest.mark.parametrize("recover", RECOVERIES.values(), ids=RECOVERIES)
def test_a_change_of_address_that_still_waits_for_its_mail_is_dropped(
    recover: Callable[[Any], None], user: Any, mailbox: Mailbox
) -> None:
    flows.request_email_change(user, "thief@example.com")
    recover(user)

    assert [address for message in mailbox for address in message.to].count(
        "thief@example.com"
    ) == 0
    assert not EmailAddress.objects.filter(user=user, primary=False).exists()


def test_a_mail_of_an_older_version_is_not_sent(user: Any, mailbox: Mailbox) -> None:
    flows.request_email_change(user, "thief@example.com")
    users().end_sessions(user)
    flows.request_email_change(user, "mine@example.com")
    EmailAddress.objects.filter(user=user, primary=False).update(email="thief@example.com")

    assert all(message.to == [user.email] for message in mailbox)
    assert not Mail.objects.exists()


def test_a_password_that_is_reset_while_the_old_one_is_checked_is_the_one_that_counts(
    user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = get_user_model()
    check = model.check_password

    def slow(self: Any, typed: str) -> bool:
        right = bool(check(self, typed))
        users().set_password(users().get(pk=self.pk), NEW)
        return right

    monkeypatch.setattr(model, "check_password", slow)
    client = Client()
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    assert (response.status_code, response.url) == (302, reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_an_opened_link_is_kept_in_a_session_with_a_new_key(user: Any, mailbox: Mailbox) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    client.get(mailbox.link())

    assert client.session.session_key != planted


def test_a_refused_login_leaves_no_long_session_behind(make_user: Any) -> None:
    person = make_user(status=Status.PENDING)
    client = Client()
    data = {"login": person.email, "password": PASSWORD, "remember": "on"}
    client.post(reverse("account_login"), data)

    assert "_session_expiry" not in client.session


def test_a_guess_cannot_be_aimed_at_an_account_by_its_number(user: Any) -> None:
    for _ in range(6):
        data = {"login": f"user:{user.pk}", "password": "wrong"}
        Client(REMOTE_ADDR="192.0.2.1").post(reverse("account_login"), data)

    client = Client(REMOTE_ADDR="192.0.2.2")
    data = {"login": user.email, "password": PASSWORD}

    assert client.post(reverse("account_login"), data).url == reverse("account_profile")


DEEDS = {
    "account_sessions": {"session": "others"},
    "account_change_password": {
        "old_password": PASSWORD,
        "new_password": "what the thief would like",
        "new_password2": "what the thief would like",
    },
    "account_deletion": {"password": PASSWORD, "confirm": "on"},
}


@pytest.mark.parametrize("page", DEEDS)
@pytest.mark.parametrize("recover", RECOVERIES.values(), ids=RECOVERIES)
def test_a_request_that_was_under_way_keeps_no_session_and_changes_nothing(
    recover: Callable[[Any], None],
    page: str,
    user: Any,
    client_for: Callable[[Any], Client],
    settings: Any,
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.accounts.meanwhile.Meanwhile"]
    thief = client_for(user)
    meanwhile.deeds.append(lambda: recover(users().get(pk=user.pk)))

    response = thief.post(reverse(page), DEEDS[page], headers={"X-Meanwhile": "yes"})

    assert (response.status_code, response.url) == (302, reverse("account_login"))
    assert thief.get(reverse("account_profile")).status_code == 302
    assert (
        users()
        .get(pk=user.pk)
        .check_password(NEW if recover is RECOVERIES["password"] else PASSWORD)
    )
