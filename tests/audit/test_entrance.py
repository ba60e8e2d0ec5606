"""Coming in and going out, done well and refused: one event each."""

from __future__ import annotations

from authkit.models import Status
from tests.conftest import PASSWORD

from .scene import WRONG, Scene, done, refused


def test_login(scene: Scene) -> None:
    person = scene.person()
    scene.post("account_login", login=person.email, password=PASSWORD)

    assert scene.rows == [done("login", person, person)]


def test_login_with_a_wrong_password(scene: Scene) -> None:
    person = scene.person()
    scene.post("account_login", login=person.email, password=WRONG)

    assert scene.rows == [refused("login", None, person)]


def test_login_of_nobody(scene: Scene) -> None:
    scene.post("account_login", login="nobody@example.com", password=PASSWORD)

    assert scene.rows == [refused("login")]


def test_login_of_a_blocked_person(scene: Scene) -> None:
    person = scene.person(status=Status.BLOCKED)
    scene.post("account_login", login=person.email, password=PASSWORD)

    assert scene.rows == [refused("login", None, person)]


def test_login_of_a_pending_person(scene: Scene) -> None:
    person = scene.person(status=Status.PENDING)
    scene.post("account_login", login=person.email, password=PASSWORD)

    assert scene.rows == [refused("login", None, person)]


def test_login_of_an_unverified_person(scene: Scene) -> None:
    person = scene.person(status=Status.UNVERIFIED)
    scene.post("account_login", login=person.email, password=PASSWORD)

    assert scene.rows == [refused("login", None, person)]


def test_login_that_was_tried_too_often(scene: Scene) -> None:
    person = scene.person()
    for _ in range(5):
        scene.post("account_login", login=person.email, password=WRONG)
    scene.start()
    scene.post("account_login", login=person.email, password=PASSWORD)

    assert scene.rows == [refused("login")]


def test_logout(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_logout")

    assert scene.rows == [done("logout", person, person)]


def test_logout_of_nobody(scene: Scene) -> None:
    scene.post("account_logout")

    assert scene.rows == []


def test_showing_that_it_is_oneself(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_reauthenticate", password=PASSWORD)

    assert scene.rows == [done("reauthentication", person, person)]


def test_not_showing_that_it_is_oneself(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_reauthenticate", password=WRONG)

    assert scene.rows == [refused("reauthentication", person, person)]
