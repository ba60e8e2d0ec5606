"""Registering and proving the address, done well and refused: one event each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.urls import reverse

from authkit.models import Status

from .scene import NEW, Scene, done, refused, registration


def test_registering(scene: Scene) -> None:
    scene.post("account_signup", **registration())

    assert scene.rows == [done("registration", None, get_user_model().objects.get())]


def test_registering_for_approval(scene: Scene, settings: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {
        "REGISTRATION_VERIFICATION": False,
        "REGISTRATION_APPROVAL": True,
    }
    scene.post("account_signup", **registration())

    assert scene.rows == [done("registration", None, get_user_model().objects.get())]


def test_registering_where_nothing_is_verified(scene: Scene, settings: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"REGISTRATION_VERIFICATION": False}
    scene.post("account_signup", **registration())
    person = get_user_model().objects.get()

    assert scene.rows == [done("registration", None, person), done("login", person, person)]


def test_registering_an_unverified_address_again(scene: Scene) -> None:
    person = scene.person(email="ada@example.com", username="first", status=Status.UNVERIFIED)
    scene.post("account_signup", **registration())

    assert scene.rows == [done("registration", None, person)]


def test_registering_a_taken_address(scene: Scene) -> None:
    person = scene.person(email="ada@example.com")
    scene.post("account_signup", **registration())

    assert scene.rows == [refused("registration", None, person)]


def test_registering_a_taken_name(scene: Scene) -> None:
    scene.person(username="ada")
    scene.post("account_signup", **registration())

    assert scene.rows == [refused("registration")]


def test_registering_with_a_short_password(scene: Scene) -> None:
    scene.post("account_signup", **registration(password="short", password2="short"))

    assert scene.rows == [refused("registration")]


def test_registering_too_often(scene: Scene) -> None:
    for _ in range(20):
        scene.post("account_signup", **registration(email=""))
    scene.start()
    scene.post("account_signup", **registration())

    assert scene.rows == [refused("registration")]


def test_verifying_in_the_browser_that_registered(scene: Scene) -> None:
    scene.post("account_signup", **registration())
    path = scene.open_link()
    scene.start()
    scene.client.post(path)
    person = get_user_model().objects.get()

    assert scene.rows == [done("email_verification", None, person), done("login", person, person)]


def test_verifying_elsewhere(scene: Scene) -> None:
    scene.post("account_signup", **registration())
    scene.client = scene.browser()
    path = scene.open_link()
    scene.start()
    scene.client.post(path, {"new_password": NEW, "new_password2": NEW})

    assert scene.rows == [done("email_verification", None, get_user_model().objects.get())]


def test_using_a_dead_verification_link(scene: Scene) -> None:
    scene.post("account_confirm_email", "x:y:z")

    assert scene.rows == [refused("email_verification")]


def test_opening_a_dead_link_is_no_action(scene: Scene) -> None:
    scene.client.get(reverse("account_confirm_email", args=["x:y:z"]))

    assert scene.rows == []


def test_asking_for_another_verification_mail(scene: Scene) -> None:
    person = scene.person(status=Status.UNVERIFIED)
    scene.post("account_email_verification_sent", email=person.email)

    assert scene.rows == [done("email_verification_mail", None, person)]
