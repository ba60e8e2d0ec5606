"""An event stands or falls with its change, a refusal outlives it, and neither betrays anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse

from authkit import audit
from authkit.models import Outcome, Status, get_group_model
from tests.conftest import PASSWORD

from .scene import NEW, Scene, no_event_can_be_written, refused


def change_and_fail(request: HttpRequest) -> HttpResponse:
    """A view that changes something, has something refused, and breaks."""
    get_group_model().objects.create_group("editors")
    audit.refuse("publish", user=request.user, target="blog.post 7")
    raise RuntimeError("This view is broken.")


def change_and_roll_back(request: HttpRequest) -> HttpResponse:
    get_group_model().objects.create_group("editors")
    audit.refuse("publish", user=request.user, target="blog.post 7")
    transaction.set_rollback(True)
    return HttpResponse()


def refuse_whoever_is_gone(request: HttpRequest) -> HttpResponse:
    """A view after which the foreign keys of its refusal point nowhere."""
    audit.refuse("publish", user=request.user)
    get_user_model().objects.all().delete()
    return HttpResponse()


urlpatterns = [
    path("auth/", include("authkit.urls")),
    path("fail/", change_and_fail),
    path("roll_back/", change_and_roll_back),
    path("gone/", refuse_whoever_is_gone),
]


@pytest.fixture
def atomic_requests() -> Iterator[None]:
    """Each request is a transaction."""
    with mock.patch.dict(connection.settings_dict, ATOMIC_REQUESTS=True):
        yield


@pytest.mark.urls(__name__)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["fail", "roll_back"])
def test_a_refusal_outlives_the_rollback_of_the_request(
    name: str, scene: Scene, atomic_requests: None
) -> None:
    person = scene.insider()
    scene.client.raise_request_exception = False

    scene.client.get(f"/{name}/")

    assert scene.rows == [refused("publish", person, person)]
    assert [event.target for event in scene.events] == ["blog.post 7"]
    assert not get_group_model().objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refused_login_is_recorded_where_requests_are_atomic(
    scene: Scene, atomic_requests: None
) -> None:
    person = scene.person(status=Status.BLOCKED)

    scene.post("account_login", login=person.email, password=PASSWORD)

    assert scene.rows == [refused("login", None, person)]


@pytest.mark.urls(__name__)
def test_a_refusal_is_kept_though_the_person_was_deleted(scene: Scene) -> None:
    person = scene.insider()
    key = str(person.pk)

    scene.client.get("/gone/")

    [refusal] = [event for event in scene.events if event.outcome == Outcome.FAILURE]
    assert (refusal.user_id, refusal.user_key, refusal.actor_key) == (None, key, key)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_has_no_event(scene: Scene) -> None:
    person = scene.person()

    with transaction.atomic():
        person.block()
        transaction.set_rollback(True)

    person.refresh_from_db()
    assert (person.status, scene.rows) == (Status.ACTIVE, [])


def test_a_change_that_cannot_be_recorded_is_not_made(scene: Scene) -> None:
    person = scene.person()

    with pytest.raises(DatabaseError), transaction.atomic(), no_event_can_be_written():
        person.block()

    person.refresh_from_db()
    assert person.status == Status.ACTIVE


def test_nobody_comes_in_unrecorded(scene: Scene) -> None:
    person = scene.person()
    scene.client.raise_request_exception = False

    with transaction.atomic(), no_event_can_be_written():
        response = scene.post("account_login", login=person.email, password=PASSWORD)

    assert response.status_code == 500
    assert scene.client.get(reverse("account_profile")).status_code == 302


def test_everybody_gets_out_even_unrecorded(scene: Scene, caplog: Any) -> None:
    person = scene.insider()

    with no_event_can_be_written():
        scene.post("account_logout")

    assert scene.client.get(reverse("account_profile")).status_code == 302
    assert [record.getMessage() for record in caplog.records if record.name == "authkit.audit"] == [
        f"The logout of user {person.pk} could not be recorded."
    ]


def test_a_refusal_that_cannot_be_recorded_is_logged(scene: Scene, caplog: Any) -> None:
    with no_event_can_be_written():
        response = scene.post("account_login", login="nobody", password=PASSWORD)

    assert response.status_code == 200
    assert [record.getMessage() for record in caplog.records if record.name == "authkit.audit"] == [
        "The refusal of login could not be recorded."
    ]


def test_nothing_is_recorded_when_the_trail_is_off(scene: Scene, settings: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"LOG_EVENTS": False}
    person = scene.person()

    scene.post("account_login", login=person.email, password=NEW)
    scene.post("account_login", login=person.email, password=PASSWORD)
    scene.post("account_logout")
    person.block()
    get_group_model().objects.create_group("editors")

    assert scene.rows == []


def test_outside_of_a_request_a_refusal_is_written_at_once(scene: Scene) -> None:
    person = scene.person()

    audit.refuse("publish", user=person, target="x" * 500, reason="closed")

    [event] = scene.events
    assert (event.name, event.outcome, event.user, event.ip) == (
        "publish",
        "failure",
        person,
        None,
    )
    assert (len(event.target), event.data, event.user_agent) == (255, {"reason": "closed"}, "")


def test_the_changes_of_one_action_are_one_event_for_each_person(scene: Scene) -> None:
    one, other = scene.person(), scene.person()
    scene.start()

    with audit.naming("merge"):
        one.username, one.email = "changed", "changed@example.com"
        one.save()
        other.block()

    rows = [(event.name, event.user, event.data["action"]) for event in scene.events]
    assert rows == [("merge", one, "user_email"), ("merge", other, "user_block")]
