"""Whatever a browser sends, an event is one bounded, printable row without secrets."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.core.serializers import serialize
from django.test import Client
from django.urls import reverse

from authkit.models import get_event_model
from tests.conftest import PASSWORD

from .scene import ADDRESS, NEW, Scene, registration

SECRET = "typed into the wrong field by mistake"

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
    assert len(event.user_agent) == min(len(text.replace("\0", "")), 200)


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
