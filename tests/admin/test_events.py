"""The audit trail and the outbox are read, and found again by whoever they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from authkit.models import Event, Mail
from tests.admin.conftest import page

User = get_user_model()


@pytest.fixture
def event(root: Any, make_user: Callable[..., Any]) -> Any:
    user = make_user(email="ada@example.com", username="ada")
    return Event.objects.create(
        name="login",
        outcome="failure",
        actor=root,
        actor_key=str(root.pk),
        user=user,
        user_key=str(user.pk),
        ip="2001:db8::1",
        data={"reason": "<b>früh</b>", "tries": [1, 2]},
        user_agent="<script>alert(1)</script>",
    )


@pytest.mark.parametrize("text", ["ADA@example.com", "ada", "2001:DB8::0001", "LOGIN 2001:db8::1"])
def test_an_event_is_found_by_person_address_and_name(
    text: str, event: Any, root_client: Client
) -> None:
    listed = root_client.get(page("event"), {"q": text, "outcome__exact": "failure"})
    assert list(listed.context["cl"].result_list) == [event]


def test_an_event_is_found_by_the_number_of_one_who_is_gone(
    event: Any, root_client: Client
) -> None:
    key = event.user_key
    event.user.delete()
    for query in ({"q": key}, {"user_key": key}):
        listed = root_client.get(page("event"), {**query, "name": "login"})
        assert event in listed.context["cl"].result_list
    response = root_client.get(page("event", "change", event.pk))
    assert response.status_code == 200


def test_the_details_are_readable_and_harmless(event: Any, root_client: Client) -> None:
    body = root_client.get(page("event", "change", event.pk)).content.decode()
    assert "&lt;b&gt;früh&lt;/b&gt;" in body
    assert "<script>alert" not in body
    assert page("user", "change", event.user.pk) in body


def test_salt_commitment_and_digest_are_not_shown(event: Any, root_client: Client) -> None:
    for path in (page("event"), page("event", "change", event.pk)):
        assert event.salt not in root_client.get(path).content.decode()
    for name in ("salt__startswith", "commitment", "digest", "user__password__startswith"):
        assert root_client.get(page("event"), {name: "a"}).status_code == 400


def test_events_are_filtered_by_date(event: Any, root_client: Client) -> None:
    at = event.at
    query = {"at__year": at.year, "at__month": at.month, "at__day": at.day}
    assert root_client.get(page("event"), query).context["cl"].result_count > 0
    assert root_client.get(page("event"), {"at__year": 1999}).context["cl"].result_count == 0


def test_the_page_of_a_user_leads_to_the_events(event: Any, root_client: Client) -> None:
    url = f"{page('event')}?user_key={event.user.pk}"
    response = root_client.get(page("user", "change", event.user.pk))
    assert response.context["events_url"] == url
    assert url in response.content.decode()
    names = {row.name for row in root_client.get(url).context["cl"].result_list}
    assert names == {"user_create", "login"}


def test_it_does_not_for_whoever_may_not_read_them(
    user: Any, make_staff: Callable[..., Any], client_for: Callable[[Any], Client]
) -> None:
    client = client_for(make_staff("view_user"))
    response = client.get(page("user", "change", user.pk))
    assert response.context["events_url"] is None


def test_the_outbox_shows_no_data(root_client: Client, user: Any) -> None:
    mail = Mail.objects.queue("email_change", user.email, user, secret="hidden-data")
    for path in (page("mail"), page("mail", "change", mail.pk)):
        body = root_client.get(path).content
        assert user.email.encode() in body
        assert b"hidden-data" not in body
    listed = root_client.get(page("mail"), {"q": user.email.upper()}).context["cl"].result_list
    assert list(listed) == [mail]
