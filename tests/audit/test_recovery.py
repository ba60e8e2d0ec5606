"""Getting back in, done well and refused: one event each."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from .scene import NEW, Scene, done, refused


def test_forgetting_the_password(scene: Scene) -> None:
    person = scene.person()
    scene.post("account_reset_password", email=person.email)

    assert scene.rows == [done("password_retrieval", None, person)]


def test_forgetting_the_password_of_nobody(scene: Scene) -> None:
    scene.post("account_reset_password", email="nobody@example.com")

    assert scene.rows == [refused("password_retrieval")]


def test_forgetting_the_password_too_often(scene: Scene) -> None:
    for _ in range(5):
        scene.post("account_reset_password", email="nobody@example.com")
    scene.start()
    scene.post("account_reset_password", email="nobody@example.com")

    assert scene.rows == [refused("password_retrieval")]


def reset_link(scene: Scene) -> tuple[Any, str]:
    person = scene.person()
    scene.post("account_reset_password", email=person.email)
    path = scene.open_link()
    scene.start()
    return person, path


def test_resetting_the_password(scene: Scene) -> None:
    person, path = reset_link(scene)
    scene.client.post(path, {"new_password": NEW, "new_password2": NEW})

    assert scene.rows == [done("password_reset", None, person)]


def test_resetting_to_a_short_password(scene: Scene) -> None:
    _, path = reset_link(scene)
    scene.client.post(path, {"new_password": "short", "new_password2": "short"})

    assert scene.rows == [refused("password_reset")]


def test_resetting_with_a_used_link(scene: Scene) -> None:
    person, path = reset_link(scene)
    get_user_model().objects.end_sessions(person)
    scene.start()
    scene.client.post(path, {"new_password": NEW, "new_password2": NEW})

    assert scene.rows == [refused("password_reset")]


def test_forgetting_the_user_name(scene: Scene) -> None:
    person = scene.person()
    scene.post("account_username_retrieval", email=person.email)

    assert scene.rows == [done("username_retrieval", None, person)]


def test_forgetting_the_user_name_of_nobody(scene: Scene) -> None:
    scene.post("account_username_retrieval", email="nobody@example.com")

    assert scene.rows == [refused("username_retrieval")]
