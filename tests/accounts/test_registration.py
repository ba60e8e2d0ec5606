"""Registering: four forms of it, other people's addresses, second thoughts, and races."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from authkit.models import Mail, Status, get_event_model
from tests.conftest import PASSWORD, Mailbox
from tests.security.races import at_once

ADDRESS = "ada@example.com"
NEW = "an entirely different passphrase"
CHOSEN = {"new_password": NEW, "new_password2": NEW}
WEEK = timedelta(days=7)


def form(**fields: str) -> dict[str, str]:
    """What somebody types to register."""
    names = {"email": ADDRESS, "username": "ada", "first_name": "Ada", "last_name": "L"}
    return {**names, "password": PASSWORD, "password2": PASSWORD, **fields}


def register(client: Client | None = None, **fields: str) -> Any:
    """The answer to a registration."""
    return (client or Client()).post(reverse("account_signup"), form(**fields))


def person() -> Any:
    """The only account."""
    return get_user_model().objects.get()


def log_in(name: str = ADDRESS, password: str = PASSWORD) -> bool:
    """Whether the page lets somebody in."""
    client = Client()
    client.post(reverse("account_login"), {"login": name, "password": password})
    return "_auth_user_id" in client.session


def is_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


@pytest.fixture
def configure(settings: Any) -> Callable[..., None]:
    """A function that sets what a registration has to go through."""

    def set_(*, verification: bool = True, approval: bool = False) -> None:
        settings.AUTHKIT = {
            **settings.AUTHKIT,
            "REGISTRATION_VERIFICATION": verification,
            "REGISTRATION_APPROVAL": approval,
        }

    return set_


@pytest.fixture
def root(make_user: Callable[..., Any]) -> Any:
    """An administrator."""
    return make_user(email="root@example.com", username="root", is_superuser=True, is_staff=True)


# The four forms

# verification, approval: the status after registering, after the link, after the approval
FORMS = [
    ((False, False), [Status.ACTIVE]),
    ((False, True), [Status.PENDING, Status.ACTIVE]),
    ((True, False), [Status.UNVERIFIED, Status.ACTIVE]),
    ((True, True), [Status.UNVERIFIED, Status.PENDING, Status.ACTIVE]),
]


@pytest.mark.parametrize(("wanted", "statuses"), FORMS)
def test_a_registration_goes_through_what_is_configured(
    db: Any, configure: Any, mailbox: Mailbox, wanted: tuple[bool, bool], statuses: list[Status]
) -> None:
    verification, approval = wanted
    configure(verification=verification, approval=approval)
    client = Client()
    register(client)
    seen = [person().status]
    if verification:
        client.post(client.get(mailbox.link()).url)
        seen.append(person().status)
    if approval:
        assert not log_in()
        assert not is_in(client)
        person().approve()
        seen.append(person().status)
    assert seen == statuses
    assert log_in()
    assert is_in(client) == (not approval)


@pytest.mark.parametrize(
    ("wanted", "page", "state"),
    [
        ((False, False), "account_profile", ""),
        ((False, True), "account_inactive", "pending"),
        ((True, False), "account_email_verification_sent", "sent"),
        ((True, True), "account_email_verification_sent", "sent"),
    ],
)
def test_where_a_registration_leads(
    db: Any, configure: Any, wanted: tuple[bool, bool], page: str, state: str
) -> None:
    configure(verification=wanted[0], approval=wanted[1])
    client = Client()
    response = register(client)
    assert response.url == reverse(page)
    assert client.get(response.url).context["state"] == state


def test_a_ready_account_goes_where_it_wanted(db: Any, configure: Any) -> None:
    configure(verification=False)
    assert register(next="/shop/").url == "/shop/"


def test_whoever_is_logged_in_does_not_register(user: Any, client_for: Any) -> None:
    client = client_for(user)
    assert client.get(reverse("account_signup")).url == reverse("account_profile")
    register(client)
    assert get_user_model().objects.count() == 1


def test_a_closed_registration_takes_nobody(db: Any, settings: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": ["registration"]}
    assert register().status_code == 404
    assert not get_user_model().objects.exists()
    page = Client().get(reverse("account_login")).content.decode()
    assert reverse("account_signup") not in page


# Who is written to


def receivers(mailbox: Mailbox) -> list[str]:
    sent = [message.to[0] for message in mailbox]
    mailbox.clear()
    return sorted(sent)


def test_administrators_are_told_when_a_person_waits_for_them(
    root: Any, make_user: Callable[..., Any], configure: Any, mailbox: Mailbox
) -> None:
    configure(approval=True)
    make_user(is_staff=True)
    gone = make_user(is_superuser=True)
    gone.block()
    mailbox.clear()
    client = Client()
    register(client)
    page = client.get(mailbox.link()).url
    assert receivers(mailbox) == [ADDRESS]
    client.post(page)
    (message,) = mailbox
    ada = get_user_model().objects.get(email=ADDRESS)
    assert message.to == [root.email]
    assert ADDRESS in message.body
    assert f"/authkit/user/{ada.pk}/change/" in message.body
    mailbox.clear()
    ada.approve()
    assert receivers(mailbox) == [ADDRESS]


def test_administrators_are_told_at_once_without_verification(
    root: Any, configure: Any, mailbox: Mailbox
) -> None:
    configure(verification=False, approval=True)
    mailbox.clear()
    register()
    assert receivers(mailbox) == [root.email]
    register(username="ada2")
    assert receivers(mailbox) == [ADDRESS]  # there is an account with this address


def test_a_password_chosen_with_the_link_needs_the_approval_too(
    root: Any, configure: Any, mailbox: Mailbox
) -> None:
    configure(approval=True)
    register()
    other = Client()
    page = other.get(mailbox.link()).url
    mailbox.clear()
    assert other.post(page, CHOSEN).url == reverse("account_inactive")
    assert receivers(mailbox) == [root.email]
    assert get_user_model().objects.get(email=ADDRESS).status == Status.PENDING
    assert not log_in(password=NEW)


def test_a_reset_proves_the_mailbox_and_approves_nobody(
    root: Any, configure: Any, mailbox: Mailbox
) -> None:
    configure(approval=True)
    register()
    mailbox.clear()
    client = Client()
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    page = client.get(mailbox.link()).url
    mailbox.clear()
    client.post(page, CHOSEN)
    assert get_user_model().objects.get(email=ADDRESS).status == Status.PENDING
    assert receivers(mailbox) == [root.email]
    client.post(reverse("account_reset_password"), {"email": ADDRESS})
    assert receivers(mailbox) == []
    assert not log_in(password=NEW)


# Another mail


def resend(address: str = ADDRESS) -> Any:
    return Client().post(reverse("account_email_verification_sent"), {"email": address})


def test_the_mail_is_sent_again_to_whoever_waits_for_it(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    register(client)
    first = mailbox.link()
    mailbox.clear()
    assert resend().url == reverse("account_email_verification_sent")
    assert receivers(mailbox) == [ADDRESS]
    assert client.post(client.get(first).url).status_code == 302
    assert person().status == Status.ACTIVE


def test_the_mail_is_sent_again_once_in_a_while(db: Any, mailbox: Mailbox) -> None:
    register()
    mailbox.clear()
    answers = [resend(spelling) for spelling in (ADDRESS, ADDRESS, "ADA@example.com")]
    assert {answer.status_code for answer in answers} == {302}
    assert receivers(mailbox) == [ADDRESS]


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "blocked"])
def test_the_mail_is_not_sent_to_others(
    make_user: Callable[..., Any], mailbox: Mailbox, status: str
) -> None:
    user = make_user(status="active" if status == "blocked" else status)
    if status == "blocked":
        user.block()
    mailbox.clear()
    assert resend(user.email).status_code == 302
    assert receivers(mailbox) == []


def test_a_dead_link_offers_another_mail(db: Any, mailbox: Mailbox) -> None:
    register()
    client = Client()
    response = client.get(reverse("account_confirm_email", args=["1:dead:link"]))
    assert response.status_code == 404
    body = response.content.decode()
    (action,) = re.findall(r'<form class="ak-form" method="post" action="([^"]+)"', body)
    mailbox.clear()
    assert client.post(action, {"email": ADDRESS}).status_code == 302
    assert receivers(mailbox) == [ADDRESS]


def test_the_right_password_has_the_mail_sent_again(db: Any, mailbox: Mailbox) -> None:
    register()
    mailbox.clear()
    data = {"login": ADDRESS, "password": PASSWORD}
    response = Client().post(reverse("account_login"), data)
    assert response.url == reverse("account_email_verification_sent")
    assert receivers(mailbox) == [ADDRESS]


# Somebody else's address


def test_a_link_opened_elsewhere_takes_a_new_password(db: Any, mailbox: Mailbox) -> None:
    register()
    owner = Client()
    page = owner.get(mailbox.link()).url
    assert owner.get(page).context["state"] == "choose_password"
    assert owner.post(page).status_code == 200
    assert person().status == Status.UNVERIFIED
    response = owner.post(page, CHOSEN)
    assert response.url == reverse("account_login")
    assert person().status == Status.ACTIVE
    assert log_in(password=NEW)
    assert not log_in(password=PASSWORD)


def test_a_link_opened_where_it_was_asked_for_takes_a_button(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    register(client)
    page = client.get(mailbox.link()).url
    assert client.get(page).context["state"] == "confirm"
    assert not client.get(page).context["form"].fields
    client.post(page)
    assert is_in(client)


def test_a_second_registration_takes_the_address_over(db: Any, mailbox: Mailbox) -> None:
    squatter, owner = Client(), Client()
    register(squatter, username="squatter", password=NEW, password2=NEW)
    old = mailbox.link()
    waiting = Client()
    page = waiting.get(old).url
    mailbox.clear()
    register(owner)
    assert Client().get(old).status_code == 404
    assert waiting.post(page, CHOSEN).status_code == 404
    # The first browser is no longer the one that registered.
    again = squatter.get(mailbox.link()).url
    assert squatter.get(again).context["state"] == "choose_password"
    owner.post(owner.get(mailbox.link()).url)
    assert is_in(owner)
    assert not log_in(password=NEW)
    assert (person().username, person().status) == ("ada", Status.ACTIVE)


def test_whoever_squats_an_address_after_its_owner_gains_nothing(db: Any, mailbox: Mailbox) -> None:
    squatter, owner = Client(), Client()
    register(owner)
    mailbox.clear()
    register(squatter, username="squatter", password=NEW, password2=NEW)
    page = owner.get(mailbox.link()).url
    assert owner.get(page).context["state"] == "choose_password"
    chosen = "a third and last passphrase"
    owner.post(page, {"new_password": chosen, "new_password2": chosen})
    assert log_in(password=chosen)
    assert not log_in(password=NEW)
    assert not is_in(squatter)


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "blocked"])
def test_an_account_that_was_verified_is_not_taken_over(
    make_user: Callable[..., Any], mailbox: Mailbox, status: str
) -> None:
    user = make_user(email=ADDRESS, status="active" if status == "blocked" else status)
    if status == "blocked":
        user.block()
    mailbox.clear()
    register(password=NEW, password2=NEW)
    user.refresh_from_db()
    assert person().check_password(PASSWORD)
    assert person().username == user.username
    assert receivers(mailbox) == ([] if status == "blocked" else [ADDRESS])
    refusal = get_event_model().objects.get(name="registration", outcome="failure")
    assert refusal.user_id == user.pk


def test_a_project_does_not_notice_a_registration_that_was_none(user: Any, settings: Any) -> None:
    called = []

    def after_registration(request: Any, form: Any, user: Any, logged_in: Any) -> HttpResponse:
        called.append(user.email)
        return HttpResponse("mine")

    settings.AUTHKIT = {
        **settings.AUTHKIT,
        "CALLBACKS": {"after_registration": after_registration},
    }
    assert register().content == b"mine"
    assert register(email=user.email, username="other").status_code == 302
    assert called == [ADDRESS]


# What is refused


REFUSALS = {
    "password_mismatch": {"password2": NEW},
    "password_too_short": {"password": "short", "password2": "short"},
    "password_too_similar": {"password": "ada@example.comx", "password2": "ada@example.comx"},
    "invalid": {"email": "nobody"},
    "username_invalid": {"username": "a b"},
    "required": {"email": ""},
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_is_not_right_is_refused(db: Any, mailbox: Mailbox, code: str) -> None:
    response = register(**REFUSALS[code])
    assert response.status_code == 200
    errors = response.context["form"].errors.as_data()
    assert code in {error.code for field in errors.values() for error in field}
    assert not get_user_model().objects.exists()
    assert receivers(mailbox) == []


@pytest.mark.parametrize("spelling", ["ada", "ADA", "Ada"])
def test_a_user_name_is_taken_in_every_spelling(
    make_user: Callable[..., Any], spelling: str
) -> None:
    make_user(username="ada")
    response = register(username=spelling)
    assert response.status_code == 200
    assert response.context["form"].errors.as_data()["username"][0].code == "username_taken"


@pytest.mark.parametrize("spelling", ["ADA@example.com", "Ada@Example.Com", "ａda@example.com"])
def test_an_address_is_taken_in_every_spelling(
    make_user: Callable[..., Any], mailbox: Mailbox, spelling: str
) -> None:
    make_user(email=ADDRESS)
    mailbox.clear()
    register(email=spelling)
    assert get_user_model().objects.count() == 1
    assert receivers(mailbox) in ([ADDRESS], [])


def test_without_a_mail_a_taken_address_is_refused(user: Any, configure: Any) -> None:
    configure(verification=False)
    response = register(email=user.email)
    assert response.status_code == 200
    assert response.context["form"].errors.as_data()["email"][0].code == "registration_taken"


# Expiry


def age(by: timedelta) -> None:
    """Let every account have been made earlier."""
    joined = timezone.now() - by
    get_user_model()._base_manager.update(date_joined=joined)


@pytest.mark.parametrize("status", ["active", "pending", "disabled", "unverified"])
def test_accounts_that_nobody_verified_expire(make_user: Callable[..., Any], status: str) -> None:
    make_user(status=status)
    age(WEEK - timedelta(minutes=1))
    call_command("authkit_prune", verbosity=0)
    assert get_user_model().objects.count() == 1
    age(WEEK + timedelta(minutes=1))
    call_command("authkit_prune", verbosity=0)
    assert get_user_model().objects.count() == (status != "unverified")


def test_a_blocked_account_does_not_expire(make_user: Callable[..., Any]) -> None:
    make_user(status="unverified").block()
    age(2 * WEEK)
    call_command("authkit_prune", verbosity=0)
    assert get_user_model().objects.count() == 1


@pytest.mark.parametrize(("old", "free"), [(WEEK * 2, True), (WEEK / 2, False)])
def test_the_user_name_of_an_expired_account_is_free(
    make_user: Callable[..., Any], old: timedelta, free: Any
) -> None:
    make_user(username="ada", status="unverified")
    age(old)
    assert (register().status_code == 302) == free
    assert get_user_model().objects.count() == 1
    assert get_user_model().objects.filter(email=ADDRESS).exists() == free


# Races

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
