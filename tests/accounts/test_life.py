"""The life of an account, by the pages alone."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

NEW = "an entirely different passphrase"


def test_a_person_registers_verifies_recovers_and_leaves(db: Any, mailbox: Mailbox) -> None:
    client = Client()
    users = get_user_model().objects
    data = {
        "email": "Ada@Example.com",
        "username": "ada",
        "first_name": "Ada",
        "last_name": "L",
        "password": PASSWORD,
        "password2": PASSWORD,
    }
    response = client.post(reverse("account_signup"), data)
    assert (response.status_code, response.url) == (302, reverse("account_email_verification_sent"))
    assert client.get(response.url).status_code == 200
    ada = users.get()
    assert (ada.email, ada.status) == ("ada@example.com", Status.UNVERIFIED)
    link = mailbox.link()
    response = client.get(link, follow=True)
    assert response.status_code == 200
    assert link not in response.content.decode()
    response = client.post(response.redirect_chain[-1][0])
    assert (response.status_code, response.url) == (302, reverse("account_profile"))
    ada.refresh_from_db()
    assert ada.status == Status.ACTIVE
    response = client.get(reverse("account_profile"))
    assert response.status_code == 200
    response = client.post(reverse("account_profile"), {"first_name": "Augusta", "last_name": "K"})
    assert users.get().first_name == "Augusta"

    response = client.post(
        reverse("account_change_password"),
        {"old_password": PASSWORD, "new_password": NEW, "new_password2": NEW},
    )
    assert (response.status_code, response.url) == (302, reverse("account_profile"))
    assert client.get(reverse("account_profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("account_profile")).status_code == 302

    response = client.post(reverse("account_login"), {"login": "ADA", "password": NEW})
    assert (response.status_code, response.url) == (302, reverse("account_profile"))

    other = Client()
    mailbox.clear()
    response = other.post(reverse("account_reset_password"), {"email": "ADA@example.com"})
    assert response.url == reverse("account_reset_password_done")
    opened = other.get(mailbox.link(), follow=True)
    assert opened.status_code == 200
    path = opened.redirect_chain[-1][0]
    response = other.post(path, {"new_password": PASSWORD, "new_password2": PASSWORD})
    assert response.url == reverse("account_reset_password_from_key_done")
    assert client.get(reverse("account_profile")).status_code == 302

    mailbox.clear()
    other.post(reverse("account_username_retrieval"), {"email": "ada@example.com"})
    assert "ada" in mailbox[-1].body

    other.post(reverse("account_login"), {"login": "ada@example.com", "password": PASSWORD})
    mailbox.clear()
    response = other.post(
        reverse("account_email"), {"email": "new@example.com", "password": PASSWORD}
    )
    assert response.url == reverse("account_email")
    assert [m.to for m in mailbox] == [["new@example.com"], ["ada@example.com"]]
    path = other.get(mailbox.link(0), follow=True).redirect_chain[-1][0]
    response = other.post(path)
    assert response.url == reverse("account_profile")
    assert users.get().email == "new@example.com"
    assert other.get(reverse("account_sessions")).status_code == 200
    response = other.post(reverse("account_deletion"), {"password": PASSWORD, "confirm": "on"})
    assert response.status_code == 302
    assert not users.exists()
