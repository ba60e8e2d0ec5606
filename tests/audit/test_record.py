"""An event stands or falls with its change, a refusal outlives it, and neither betrays anything."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.core.serializers import serialize
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from authkit import audit
from authkit.models import Outcome, Status, get_event_model, get_group_model
from tests.conftest import PASSWORD

from .scene import ADDRESS, NEW, Scene, refused, registration

SECRET = "typed into the wrong field by mistake"


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


@contextmanager
def no_event_can_be_written() -> Iterator[None]:
    """The database refuses every event, as if its disk were full."""
    insert = f"INSERT INTO {connection.ops.quote_name(get_event_model()._meta.db_table)}"

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if sql.startswith(insert):
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
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


HOSTILE = {
    "line-break": "Mozilla\r\nSet-Cookie: a=b",
    "terminal": "\x1b[31mred\x1b[0m",
    "nul": "a\x00b",
    "right-to-left": "a\u202eb",
    "line-separator": "a\u2028b",
    "surrogate": "a\ud800b",
    "megabyte": "x" * 1_000_000,
    "format": "%s %(name)s {0.__class__}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_browser_makes_one_bounded_printable_row(text: str, scene: Scene) -> None:
    scene.client = Client(REMOTE_ADDR=ADDRESS, HTTP_USER_AGENT=text, HTTP_X_FORWARDED_FOR=text)

    scene.post("account_login", login="nobody", password=PASSWORD)

    [event] = scene.events
    assert (event.name, event.ip) == ("login", ADDRESS)
    assert event.user_agent.isprintable()
    assert len(event.user_agent) == min(len(text), 200)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_make_one_bounded_row(text: str, scene: Scene) -> None:
    text = text.replace("\ud800", "\ufffd")  # no browser can send a surrogate

    scene.post("account_signup", **registration(username=text, first_name=text))

    [event] = scene.events
    assert (event.name, event.outcome) == ("registration", "failure")
    assert len(json.dumps(event.data)) < 200


@pytest.mark.parametrize(
    ("ip", "recorded"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8::1", "2001:db8::1"), ("", None), ("unix:", None)],
)
def test_what_is_no_address_is_not_recorded_as_one(
    ip: str, recorded: str | None, scene: Scene, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False  # which would refuse whoever has no address
    Client(REMOTE_ADDR=ip).post(reverse("account_login"), {"login": "x", "password": PASSWORD})

    assert [event.ip for event in scene.events] == [recorded]


def test_no_password_is_in_an_event_or_a_log(scene: Scene, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    person = scene.person()
    for login, password in ((SECRET, SECRET), (person.email, SECRET), (SECRET, PASSWORD)):
        scene.post("account_login", login=login, password=password)
    scene.post("account_signup", **registration(username=SECRET, password=SECRET))
    scene.post("account_signup", **registration(password=SECRET, password2=SECRET))
    scene.client.force_login(person)
    typed = {"old_password": SECRET, "new_password": NEW, "new_password2": NEW}
    scene.post("account_change_password", **typed)
    scene.post("account_change_password", **typed | {"old_password": PASSWORD})
    scene.post("account_email", email="new@example.com", password=SECRET)
    scene.post("account_reauthenticate", password=SECRET)
    scene.post("account_deletion", password=SECRET, confirm="on")

    kept = serialize("json", get_event_model().objects.all()) + caplog.text
    assert len(scene.events) > 8
    assert [word for word in (SECRET, PASSWORD, NEW) if word in kept] == []


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
