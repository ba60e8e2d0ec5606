"""Where one is logged in, and how to end that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1"


def browser(user: Any, agent: str = FIREFOX, ip: str = "203.0.113.9") -> Client:
    """A browser in which the user has come in by the page."""
    client = Client(REMOTE_ADDR=ip, headers={"user-agent": agent})
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def listed(client: Client) -> list[dict[str, Any]]:
    return list(client.get(reverse("account_sessions")).context["sessions"])


def end(client: Client, session: object) -> Any:
    return client.post(reverse("account_sessions"), {"session": session})


def is_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def test_the_own_sessions_are_listed_newest_first(user: Any, make_user: Callable[..., Any]) -> None:
    browser(user, SAFARI, "2001:db8::1")
    browser(make_user())
    client = browser(user)

    seen = [(row["device"], row["place"], row["is_current"]) for row in listed(client)]
    assert seen == [
        ("Firefox on Linux", "203.0.113.9", True),
        ("Safari on iPhone", "2001:db8::1", False),
    ]


def test_one_other_session_is_ended(user: Any) -> None:
    phone, tablet, client = browser(user, SAFARI), browser(user, SAFARI), browser(user)

    response = end(client, listed(client)[-1]["pk"])

    assert (response.status_code, response.url) == (302, reverse("account_sessions"))
    assert [is_in(phone), is_in(tablet), is_in(client)] == [False, True, True]
    assert len(listed(client)) == 2


def test_all_other_sessions_are_ended_and_the_own_goes_on_under_another_key(user: Any) -> None:
    phone, tablet, client = browser(user, SAFARI), browser(user, SAFARI), browser(user)
    before = client.session.session_key

    end(client, "others")

    assert [is_in(phone), is_in(tablet), is_in(client)] == [False, False, True]
    assert client.session.session_key != before
    assert [row["is_current"] for row in listed(client)] == [True]
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize(
    "wanted", ["", "0", "-1", "x", "1 OR 1=1", "٣", "9" * 30, "1e3", "\x00", "None"]
)
def test_what_is_no_session_is_not_found(wanted: str, user: Any) -> None:
    client = browser(user)

    assert end(client, wanted).status_code == 404
    assert is_in(client)


def test_the_session_of_somebody_else_is_not_found(
    user: Any, make_user: Callable[..., Any]
) -> None:
    victim = browser(make_user())
    foreign = UserSession.objects.get()
    client = browser(user)

    missing, theirs = end(client, foreign.pk + 1000), end(client, foreign.pk)

    assert (missing.status_code, theirs.status_code) == (404, 404)
    assert is_in(victim)


def test_ending_the_own_session_logs_out(user: Any) -> None:
    client = browser(user)

    end(client, listed(client)[0]["pk"])

    assert not is_in(client)


def test_sessions_that_are_over_are_not_listed(user: Any) -> None:
    browser(user, SAFARI)
    Session.objects.all().delete()
    stale, client = browser(user, SAFARI), browser(user)
    get_user_model().objects.end_sessions(user)
    client = browser(user)

    assert [row["is_current"] for row in listed(client)] == [True]
    assert not is_in(stale)


def test_looking_ends_nothing(user: Any) -> None:
    phone, client = browser(user, SAFARI), browser(user)

    client.get(reverse("account_sessions"), {"session": "others"})

    assert is_in(phone)


def test_a_hostile_browser_is_text(user: Any) -> None:
    client = browser(user, '<img src=x onerror="alert(1)">' + "x" * 5000)

    page = client.get(reverse("account_sessions"))

    assert page.status_code == 200
    assert "<img" not in page.content.decode()
    assert [row["device"] for row in page.context["sessions"]] == ["Unknown device"]
