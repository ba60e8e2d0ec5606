"""What each mail says, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import include, path
from django.utils import translation

from authkit.accounts import mails
from authkit.models import Mail, Status
from tests.conftest import Mailbox

from .letters import ADDRESS, BASE, NEW, MakeUser, purposes

BAIT = "Win at https://evil.example"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def compose(mail: Mail) -> EmailMultiAlternatives:
    message = mails.compose(mail)
    assert message is not None
    return message


def html(message: EmailMultiAlternatives) -> str:
    [alternative] = message.alternatives
    assert alternative.mimetype == "text/html"
    return str(alternative.content)


def test_the_table_of_this_test_is_that_of_the_code(make_user: MakeUser) -> None:
    assert set(purposes(make_user)) == set(mails.PURPOSES)


@pytest.mark.parametrize("purpose", mails.PURPOSES)
def test_a_mail_is_text_and_html_with_a_subject_of_one_line(
    purpose: str, make_user: MakeUser
) -> None:
    mail = purposes(make_user)[purpose]

    message = compose(mail)

    whole = message.message()
    parts = [part.get_content_type() for part in whole.walk()]
    assert parts == ["multipart/alternative", "text/plain", "text/html"]
    assert message.to == [mail.address]
    assert "accounts.example.com" in message.subject
    assert message.subject == " ".join(message.subject.split())
    assert re.findall(r"{[{%#]", message.subject + str(message.body) + html(message)) == []


@pytest.mark.parametrize("purpose", mails.PURPOSES)
def test_every_link_of_a_mail_is_below_the_base_url(purpose: str, make_user: MakeUser) -> None:
    message = compose(purposes(make_user)[purpose])

    in_text = re.findall(r"https?://\S+", str(message.body))
    in_html = re.findall(r'href="([^"]+)"', html(message))
    assert in_text
    assert {link for link in in_text + in_html if not link.startswith(BASE)} == set()
    # Each link is to be found in both, the main one also in words that can be copied.
    assert set(in_html) == set(in_text)
    assert (
        re.findall(r"\b(?:src|srcset|background)=|url\(|<script|<link|@import", html(message)) == []
    )


LINKS = {
    "email_verification": "/auth/email_verification/",
    "registration_exists": "/auth/login/",
    "registration_notice": "/admin/authkit/user/",
    "registration_approved": "/auth/login/",
    "password_reset": "/auth/password_reset/",
    "password_changed": "/auth/password_retrieval/",
    "email_change": "/auth/email_change/",
    "email_change_notice": "/auth/email_change/cancel/",
    "username_retrieval": "/auth/login/",
}


@pytest.mark.parametrize("base", [BASE, BASE + "/"])
@pytest.mark.parametrize(("purpose", "start"), LINKS.items())
def test_the_first_link_is_the_one_that_is_meant(
    purpose: str, start: str, base: str, make_user: MakeUser, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"BASE_URL": base}

    body = str(compose(purposes(make_user)[purpose]).body)

    assert re.findall(r"https?://\S+", body)[0].startswith(BASE + start)


def test_a_project_without_an_administration_gets_no_link_to_it(
    make_user: MakeUser, settings: Any
) -> None:
    urls = ModuleType("urls_without_admin")
    urls.urlpatterns = [path("auth/", include("authkit.urls"))]  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = urls

    message = compose(purposes(make_user)["registration_notice"])

    assert re.findall(r"https?://\S+", str(message.body)) == [BASE]
    assert set(re.findall(r'href="([^"]*)"', html(message))) == {BASE}


def test_the_host_of_a_request_is_in_no_link(
    client: Any, make_user: MakeUser, mailbox: Mailbox
) -> None:
    make_user(email=ADDRESS)
    client.post(
        "/auth/password_retrieval/",
        {"email": ADDRESS},
        headers={"host": "localhost", "x-forwarded-host": "evil.example"},
    )

    assert "localhost" not in str(mailbox[0].body)
    assert "evil" not in str(mailbox[0].body)


@pytest.mark.parametrize(
    ("status", "purpose", "greeting"),
    [
        (Status.ACTIVE, "password_reset", "Hello Ada,"),
        (Status.UNVERIFIED, "email_verification", "Hello,"),
        (Status.DISABLED, "password_reset", "Hello,"),
    ],
)
def test_only_who_has_proved_the_address_is_greeted_by_name(
    status: str, purpose: str, greeting: str, make_user: MakeUser
) -> None:
    person = make_user(status=status, first_name="Ada")

    body = str(compose(Mail.objects.queue(purpose, person.email, person)).body)

    assert body.splitlines()[0] == greeting


@pytest.mark.parametrize("purpose", ["email_verification", "email_change", "registration_notice"])
def test_what_somebody_typed_as_a_name_is_relayed_to_nobody_else(
    purpose: str, make_user: MakeUser
) -> None:
    message = compose(purposes(make_user, first_name=BAIT, last_name=BAIT)[purpose])

    assert "evil" not in message.subject + str(message.body) + html(message)


@pytest.mark.parametrize("purpose", ["email_change", "email_changed"])
def test_not_even_by_the_templates_of_a_project(
    purpose: str, make_user: MakeUser, settings: Any, tmp_path: Path
) -> None:
    """Where an active person has a mail sent to an address that is not the account's."""
    own = tmp_path / "authkit" / "email"
    own.mkdir(parents=True)
    (own / f"{purpose}_message.txt").write_text("Dear {{ name }}!")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]

    assert compose(purposes(make_user, first_name=BAIT)[purpose]).body == "Dear !\n"


@pytest.mark.parametrize("purpose", mails.PURPOSES)
def test_a_hostile_name_is_text(purpose: str, make_user: MakeUser) -> None:
    name = "Ada\r\nBcc: eve@evil.example\r\n\r\n<b onclick=x>&\u202e"
    message = compose(purposes(make_user, first_name=name)[purpose])

    whole = message.message()
    assert [key for key in whole if key.lower() in {"bcc", "cc", "reply-to"}] == []
    assert whole.get_all("To") == [message.to[0]]
    assert "<b " not in html(message)


def test_a_hostile_name_of_the_site_stays_in_the_subject(
    make_user: MakeUser, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"SITE_NAME": "Tom & Co\r\nBcc: eve@evil.example"}

    message = compose(purposes(make_user)["password_reset"])

    assert message.subject == "Choose a new password for Tom & Co Bcc: eve@evil.example"
    assert "Bcc" not in message.message()
    assert "Tom &amp; Co" in html(message)


def test_text_is_not_escaped_as_html(make_user: MakeUser) -> None:
    message = compose(purposes(make_user, first_name="Ada & Bob's <3")["password_reset"])

    assert str(message.body).startswith("Hello Ada & Bob's <3,\n")
    assert "Hello Ada &amp; Bob&#x27;s &lt;3," in html(message)


def test_an_address_to_come_is_masked_in_the_mail_to_the_old_one(make_user: MakeUser) -> None:
    body = str(compose(purposes(make_user)["email_change_notice"]).body)

    assert "n…@example.com" in body
    assert NEW not in body


@pytest.mark.parametrize(
    ("address", "masked"),
    [("ada@example.com", "a…@example.com"), ("a@b.example", "a…@b.example")],
)
def test_a_masked_address_shows_its_first_letter_and_its_host(address: str, masked: str) -> None:
    assert mails.mask(address) == masked
