"""What somebody does with the own account, done well and refused: one event each."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession

from tests.conftest import PASSWORD

from .scene import ADDRESS, BROWSER, NEW, WRONG, Scene, done, refused


def test_changing_the_password(scene: Scene) -> None:
    person = scene.insider()
    typed = {"old_password": PASSWORD, "new_password": NEW, "new_password2": NEW}
    scene.post("account_change_password", **typed)

    assert scene.rows == [done("password_change", person, person)]


def test_changing_the_password_without_knowing_it(scene: Scene) -> None:
    person = scene.insider()
    typed = {"old_password": WRONG, "new_password": NEW, "new_password2": NEW}
    scene.post("account_change_password", **typed)

    assert scene.rows == [refused("password_change", person, person)]


def test_setting_a_first_password(scene: Scene) -> None:
    person = scene.insider(password=None)
    scene.post("account_set_password", new_password=NEW, new_password2=NEW)

    assert scene.rows == [done("password_change", person, person)]


def test_asking_for_another_address(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_email", email="new@example.com", password=PASSWORD)

    assert scene.rows == [done("email_change", person, person)]


def test_asking_for_a_taken_address(scene: Scene) -> None:
    scene.person(email="new@example.com")
    person = scene.insider()
    scene.post("account_email", email="new@example.com", password=PASSWORD)

    assert scene.rows == [done("email_change", person, person)]


def test_asking_for_another_address_without_the_password(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_email", email="new@example.com", password=WRONG)

    assert scene.rows == [refused("email_change", person, person)]


def wish(scene: Scene, link: int, *, elsewhere: bool = False) -> tuple[Any, str]:
    """Somebody wants another address; the first mail goes to it, the second to the old one."""
    person = scene.insider()
    scene.post("account_email", email="new@example.com", password=PASSWORD)
    if elsewhere:
        scene.client = scene.browser()
    path = scene.open_link(link)
    scene.start()
    return person, path


def test_confirming_another_address(scene: Scene) -> None:
    person, path = wish(scene, 0)
    scene.client.post(path)

    assert scene.rows == [done("email_change", person, person)]


def test_confirming_an_address_that_was_taken_since(scene: Scene) -> None:
    person, path = wish(scene, 0)
    scene.person(email="new@example.com")
    scene.client.post(path)

    assert scene.rows == [refused("email_change", person)]


def test_keeping_the_address(scene: Scene) -> None:
    person, path = wish(scene, 1, elsewhere=True)
    scene.client.post(path)

    assert scene.rows == [done("email_change_cancel", None, person)]


def test_saving_the_profile(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_profile", first_name="Augusta", last_name="K")

    assert scene.rows == [done("profile", person, person)]


def test_saving_an_impossible_profile(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_profile", first_name="x" * 200, last_name="K")

    assert scene.rows == [refused("profile", person, person)]


def test_ending_another_session(scene: Scene) -> None:
    person = scene.insider()
    scene.browser().force_login(person)
    other = UserSession.objects.create(
        user=person, session_key="x" * 32, ip=ADDRESS, user_agent=BROWSER
    )
    scene.start()
    scene.post("account_sessions", session=other.pk)

    assert scene.rows == [done("sessions", person, person)]


def test_ending_all_other_sessions(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_sessions", session="others")

    assert scene.rows == [done("sessions", person, person)]


def test_ending_the_session_of_somebody_else(scene: Scene) -> None:
    stranger = scene.person()
    session = UserSession.objects.create(
        user=stranger, session_key="x" * 32, ip=ADDRESS, user_agent=BROWSER
    )
    person = scene.insider()
    scene.post("account_sessions", session=session.pk)

    assert scene.rows == [refused("sessions", person, person)]


def test_leaving(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_deletion", password=PASSWORD, confirm="on")

    assert scene.rows == [done("account_deletion", person, person)]


def test_leaving_without_the_password(scene: Scene) -> None:
    person = scene.insider()
    scene.post("account_deletion", password=WRONG, confirm="on")

    assert scene.rows == [refused("account_deletion", person, person)]


def test_leaving_as_the_last_administrator(scene: Scene) -> None:
    person = scene.insider(is_superuser=True)
    scene.post("account_deletion", password=PASSWORD, confirm="on")

    assert scene.rows == [refused("account_deletion", person, person)]
