"""What the models and Django announce becomes an event, on whatever path it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from authkit.audit import receivers
from authkit.models import (
    Status,
    Tag,
    get_group_model,
    get_membership_model,
    get_permission_model,
)
from authkit.signals import row_changed
from tests.conftest import PASSWORD

from .scene import Row, Scene, done, refused


def delete_oneself(request: HttpRequest, how: str) -> HttpResponse:
    """A project's own way to leave."""
    people = get_user_model().objects.filter(pk=request.user.pk)
    if how == "one":
        people.get().delete()
    else:
        people.delete()
    return HttpResponse()


urlpatterns = [path("leave/<str:how>/", delete_oneself)]

VERBS: dict[str, tuple[dict[str, Any], Callable[[Any], Any]]] = {
    "user_approve": ({"status": Status.PENDING}, lambda user: user.approve()),
    "user_disable": ({}, lambda user: user.disable()),
    "user_block": ({}, lambda user: user.block()),
    "user_allow": ({"status": Status.DISABLED}, lambda user: user.allow()),
    "user_verify": ({"status": Status.UNVERIFIED}, lambda user: manager().verify(user)),
    "user_password": ({}, lambda user: manager().set_password(user, "another long password")),
    "user_email": ({}, lambda user: manager().set_email(user, "other@example.com")),
    "user_end_sessions": ({}, lambda user: manager().end_sessions(user)),
    "user_delete": ({}, lambda user: user.delete()),
    "user_privileges": ({}, lambda user: save(user, is_staff=True)),
    "user_username": ({}, lambda user: save(user, username="renamed")),
    "user_update": ({}, lambda user: save(user, first_name="Renamed")),
}


def manager() -> Any:
    return get_user_model().objects


def save(user: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


def names(scene: Scene) -> list[Row]:
    """The rows of events that happened outside of a request."""
    assert {event.ip for event in scene.events} <= {None}
    return [(e.name, e.outcome, e.actor_key, e.user_key) for e in scene.events]


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_outside_of_a_request_is_one_event(name: str, scene: Scene) -> None:
    fields, act = VERBS[name]
    person = scene.person(**fields)
    key = person.pk

    act(person)

    assert names(scene) == [done(name, None, key)]


def test_creating_a_user_is_one_event(scene: Scene) -> None:
    person = scene.make_user()

    assert names(scene) == [done("user_create", None, person)]


def test_groups_memberships_permissions_and_tags_are_recorded_by_name(scene: Scene) -> None:
    person = scene.person()
    group = get_group_model().objects.create_group("editors")
    get_membership_model().objects.add(group, person)
    get_permission_model().objects.add(group, "publish")
    Tag.objects.add("colours", group, "red")
    Tag.objects.remove("colours", group, "red")
    get_permission_model().objects.remove(group, "publish")
    get_membership_model().objects.remove(group, person)
    group.description = "They edit."
    group.save()

    assert [(event.name, event.user) for event in scene.events] == [
        ("group_create", None),
        ("membership_add", person),
        ("permission_add", None),
        ("tag_add", None),
        ("tag_remove", None),
        ("permission_remove", None),
        ("membership_remove", person),
        ("group_update", None),
    ]
    assert scene.events[0].target == f"authkit.group {group.pk}"


def test_a_row_of_another_kind_is_recorded_by_its_own_name(scene: Scene) -> None:
    row_changed.send(
        sender=Session, instance=None, pk=None, action="delete", data={"count": 2}, using="default"
    )

    [event] = scene.events
    assert (event.name, event.target, event.data) == (
        "session_delete",
        "sessions.session",
        {"count": 2},
    )


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("how", ["one", "many"])
def test_who_deletes_the_own_account_by_other_code_is_recorded(how: str, scene: Scene) -> None:
    person = scene.insider()
    key = person.pk

    assert scene.client.get(f"/leave/{how}/").status_code == 200

    assert [(event.name, event.actor_id, event.actor_key) for event in scene.events] == [
        ("user_delete", None, str(key))
    ]


def test_credentials_that_are_refused_outside_of_a_request_are_recorded(scene: Scene) -> None:
    person = scene.person()

    assert authenticate(None, username=person.email, password="not the password") is None

    assert names(scene) == [refused("login")]


def test_a_user_of_another_model_is_not_recorded(scene: Scene) -> None:
    receivers.on_login(user=object())
    user_logged_out.send(sender=object, request=HttpRequest(), user=None)
    user_logged_out.send(sender=object, request=HttpRequest(), user=AnonymousUser())

    assert scene.rows == []


def test_who_acts_is_recorded_though_the_view_never_looked(scene: Scene) -> None:
    """A mailed link that is opened in a browser where somebody is logged in."""
    person, other = scene.person(), scene.person()
    scene.post("account_reset_password", email=person.email)
    scene.client.force_login(other)
    path = scene.open_link()
    scene.start()

    new = "an entirely different passphrase"
    scene.client.post(path, {"new_password": new, "new_password2": new})

    assert scene.rows == [done("password_reset", other, person)]


def test_the_events_of_two_browsers_are_told_apart(scene: Scene) -> None:
    one = Client(REMOTE_ADDR="203.0.113.1", headers={"user-agent": "One"})
    other = Client(REMOTE_ADDR="203.0.113.2", headers={"user-agent": "Other"})
    person = scene.person()
    for client in (one, other):
        typed = {"login": person.email, "password": PASSWORD}
        client.post(reverse("account_login"), typed)

    assert [(event.ip, event.user_agent) for event in scene.events] == [
        ("203.0.113.1", "One"),
        ("203.0.113.2", "Other"),
    ]
