"""Registrations at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from authkit.models import Mail, Status
from tests.conftest import PASSWORD, Mailbox
from tests.security.races import at_once

from .registering import CHOSEN, NEW, WEEK, age, is_in, person, register, resend

SIX = range(6)


@pytest.fixture
def real_hashes(settings: Any) -> None:
    """Widen the gap between looking and writing."""
    settings.PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
def test_of_six_at_once_with_one_user_name_one_is_taken() -> None:
    answers = at_once([partial(register, email=f"ada{number}@example.com") for number in SIX])
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * 5 + [302]
    refused = [answer.context["form"].errors for answer in answers if answer.status_code == 200]
    assert {tuple(errors) for errors in refused} == {("username",)}
    assert get_user_model().objects.count() == 1
    assert Mail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
def test_six_at_once_with_one_address_make_one_account() -> None:
    clients = [Client() for _number in SIX]
    answers = at_once(
        [partial(register, client, username=f"ada{n}") for n, client in enumerate(clients)]
    )
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("account_email_verification_sent"))
    }
    assert person().status == Status.UNVERIFIED
    assert person().emailaddress_set.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
def test_six_at_once_with_one_address_give_one_working_link(mailbox: Mailbox) -> None:
    clients = [Client() for _number in SIX]
    at_once([partial(register, client, username=f"ada{n}") for n, client in enumerate(clients)])
    owners = []
    for client in clients:
        page = client.get(mailbox.link()).url
        if client.get(page).context["state"] == "confirm":
            owners.append((client, page))
    ((client, page),) = owners
    client.post(page)
    assert is_in(client)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
def test_six_at_once_with_address_and_name_make_one_account(configure: Any) -> None:
    answers = at_once([register for _number in SIX])
    assert {answer.status_code for answer in answers} <= {200, 302}
    assert person().status == Status.UNVERIFIED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
@pytest.mark.parametrize("approval", ["", "approval"])
def test_six_at_once_without_verification_make_one_account(configure: Any, approval: str) -> None:
    configure(verification=False, approval=bool(approval))
    answers = at_once([partial(register, username=f"ada{number}") for number in SIX])
    codes = sorted(answer.status_code for answer in answers)
    assert codes == ([302] * 6 if approval else [200] * 5 + [302])
    assert get_user_model().objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("real_hashes")
def test_a_verification_and_a_second_registration_at_once_leave_one_owner(
    mailbox: Mailbox,
) -> None:
    for number in range(3):
        address = f"ada{number}@example.com"
        owner = Client()
        register(owner, email=address, username=f"ada{number}")
        page = owner.get(mailbox.link()).url
        again = partial(register, email=address, username=f"eve{number}", password=NEW)
        at_once([partial(owner.post, page), partial(again, password2=NEW)])
        ada = get_user_model().objects.get(email=address)
        if ada.status == Status.ACTIVE:
            assert ada.username == f"ada{number}"
            assert ada.check_password(PASSWORD)
        else:
            assert ada.status == Status.UNVERIFIED
            assert ada.check_password(NEW)
            assert not is_in(owner)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["prune", "registration", "change of address"])
def test_what_is_verified_at_the_last_moment_is_not_deleted(
    make_user: Callable[..., Any], mailbox: Mailbox, rival: str
) -> None:
    for number in range(3):
        late = make_user(
            email=f"late{number}@example.com", status="unverified", username=f"l{number}"
        )
        resend(late.email)
        age(2 * WEEK)
        client = Client()
        use = partial(client.post, client.get(mailbox.link()).url, CHOSEN)
        rivals = {
            "prune": partial(call_command, "authkit_prune", verbosity=0),
            "registration": partial(register, username=late.username),
            "change of address": move_to(late.email, make_user(), mailbox),
        }
        answer, _other = at_once([use, rivals[rival]])
        left = get_user_model().objects.filter(pk=late.pk).first()
        assert (answer.status_code == 302) == (left is not None and left.status == Status.ACTIVE)
        get_user_model().objects.all().delete()


def move_to(address: str, user: Any, mailbox: Mailbox) -> Callable[[], Any]:
    """The last step of *user* changing to *address*, ready to be done."""
    client = Client()
    client.force_login(user)
    mailbox.clear()
    client.post(reverse("account_email"), {"email": address, "password": PASSWORD})
    sent = next(number for number, mail in enumerate(mailbox) if mail.to == [address])
    return partial(client.post, client.get(mailbox.link(sent)).url)
