"""What is done to an account by a verb: from its page, or to all that were chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client

from authkit.models import Mail, Status
from tests.admin.conftest import page, texts

User = get_user_model()
VERBS = [
    # verb, status before, status after, event
    ("approve", Status.PENDING, Status.ACTIVE, "user_approve"),
    ("disable", Status.ACTIVE, Status.DISABLED, "user_disable"),
    ("block", Status.ACTIVE, Status.BLOCKED, "user_block"),
    ("block", Status.UNVERIFIED, Status.BLOCKED, "user_block"),
    ("allow", Status.DISABLED, Status.ACTIVE, "user_allow"),
    ("allow", Status.BLOCKED, Status.ACTIVE, "user_allow"),
    ("end_sessions", Status.ACTIVE, Status.ACTIVE, "user_end_sessions"),
    ("send_password_link", Status.ACTIVE, Status.ACTIVE, "password_retrieval"),
    ("send_password_link", Status.DISABLED, Status.DISABLED, "password_retrieval"),
]


@pytest.mark.parametrize(("verb", "before", "after", "event"), VERBS)
def test_a_verb_on_the_change_page_is_done_and_recorded(
    verb: str,
    before: str,
    after: str,
    event: str,
    root: Any,
    root_client: Client,
    make_user: Callable[..., Any],
    new_events: Callable[[], Any],
) -> None:
    user = make_user(status=before)
    new_events()
    data = {"verb": verb, "confirmed": "yes"}
    response = root_client.post(page("user", "account", user.pk), data, follow=True)
    assert response.redirect_chain == [(page("user", "change", user.pk), 302)]
    assert User.objects.get(pk=user.pk).status == after
    assert new_events() == [(event, "success", str(root.pk), str(user.pk))]
    assert LogEntry.objects.get().object_id == str(user.pk)
    assert len(texts(response)) == 1


@pytest.mark.parametrize(("verb", "before", "after", "event"), VERBS)
def test_a_bulk_action_does_it_to_each_and_records_each(
    verb: str,
    before: str,
    after: str,
    event: str,
    root: Any,
    root_client: Client,
    make_user: Callable[..., Any],
    new_events: Callable[[], Any],
) -> None:
    users = [make_user(status=before) for _ in range(3)]
    new_events()
    data = {"action": verb, "_selected_action": [user.pk for user in users], "confirmed": "yes"}
    response = root_client.post(page("user"), data, follow=True)
    assert {User.objects.get(pk=user.pk).status for user in users} == {after}
    assert sorted(new_events()) == sorted(
        (event, "success", str(root.pk), str(user.pk)) for user in users
    )
    assert "3" in texts(response)[0]


@pytest.mark.parametrize("verb", ["block", "disable"])
def test_what_hurts_is_asked_about_first(
    verb: str, root_client: Client, make_user: Callable[..., Any], new_events: Callable[[], Any]
) -> None:
    users = [make_user(), make_user()]
    new_events()
    selected = [str(user.pk) for user in users]
    data = {"action": verb, "_selected_action": selected, "index": "0", "select_across": "0"}
    response = root_client.post(page("user"), data)
    assert response.status_code == 200
    assert set(response.context["people"]) == set(users)
    assert new_events() == []
    again = dict(response.context["posted"]) | {"_selected_action": selected, "confirmed": "yes"}
    root_client.post(page("user"), again)
    assert len(new_events()) == 2


def test_one_is_asked_about_on_the_change_page_too(root_client: Client, user: Any) -> None:
    response = root_client.post(page("user", "account", user.pk), {"verb": "block"})
    assert response.status_code == 200
    assert list(response.context["people"]) == [user]
    assert response.context["posted"] == [("verb", "block")]
    assert User.objects.get(pk=user.pk).status == Status.ACTIVE


def test_everybody_found_can_be_chosen_at_once(
    root_client: Client, make_user: Callable[..., Any]
) -> None:
    users = [make_user(status=Status.PENDING) for _ in range(60)]
    data = {
        "action": "approve",
        "index": "0",
        "select_across": "1",
        "_selected_action": users[0].pk,
    }
    root_client.post(page("user") + "?status__exact=pending", data)
    assert User.objects.filter(status=Status.ACTIVE).count() == 61


def test_those_refused_are_named_with_the_reason(
    root: Any, root_client: Client, make_user: Callable[..., Any], new_events: Callable[[], Any]
) -> None:
    pending, active = make_user(status=Status.PENDING), make_user()
    new_events()
    data = {"action": "approve", "_selected_action": [pending.pk, active.pk], "index": "0"}
    response = root_client.post(page("user"), data, follow=True)
    assert texts(response) == [
        "1 account was approved.",
        f"1 account was left as it is, because the status does not allow it: {active}.",
    ]
    assert sorted(new_events()) == sorted(
        [
            ("user_approve", "success", str(root.pk), str(pending.pk)),
            ("user_approve", "failure", str(root.pk), str(active.pk)),
        ]
    )


@pytest.mark.parametrize("verb", ["block", "disable"])
def test_the_last_superuser_stays_and_the_others_go(
    verb: str, root: Any, root_client: Client, user: Any
) -> None:
    data = {"action": verb, "_selected_action": [root.pk, user.pk], "confirmed": "yes"}
    response = root_client.post(page("user"), data, follow=True)
    assert User.objects.get(pk=root.pk).status == Status.ACTIVE
    assert User.objects.get(pk=user.pk).status != Status.ACTIVE
    assert texts(response)[1].startswith(
        "1 account was left as it is, because the last active superuser must stay"
    )


def test_a_link_goes_to_the_address_and_nobody_sees_it(
    root_client: Client, user: Any, settings: Any
) -> None:
    root_client.post(page("user", "account", user.pk), {"verb": "send_password_link"})
    mail = Mail.objects.get()
    assert (mail.purpose, mail.address, mail.user) == ("password_reset", user.email, user)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": Status.BLOCKED}, "the status does not allow it"),
        ({"status": Status.PENDING}, "the status does not allow it"),
        ({"email": None}, "there is no address to mail to"),
    ],
)
def test_no_link_goes_to_whom_it_would_not_help(
    fields: dict[str, Any], reason: str, root_client: Client, make_user: Callable[..., Any]
) -> None:
    user = make_user(**fields)
    path = page("user", "account", user.pk)
    response = root_client.post(path, {"verb": "send_password_link"}, follow=True)
    assert reason in texts(response)[0]
    assert not Mail.objects.exists()


BUTTONS = [
    (Status.ACTIVE, ["disable", "block", "end_sessions", "send_password_link"]),
    (Status.UNVERIFIED, ["block", "send_password_link"]),
    (Status.PENDING, ["approve", "block"]),
    (Status.DISABLED, ["block", "allow", "send_password_link"]),
    (Status.BLOCKED, ["allow"]),
]


@pytest.mark.parametrize(("status", "names"), BUTTONS, ids=[row[0] for row in BUTTONS])
def test_the_change_page_offers_what_the_status_allows(
    status: str, names: list[str], root_client: Client, make_user: Callable[..., Any]
) -> None:
    response = root_client.get(page("user", "change", make_user(status=status).pk))
    assert [verb.name for verb in response.context["verbs"]] == names


@pytest.mark.parametrize("pk", ["4711", "abc", "\x00", "9" * 5000])
def test_nobody_is_blocked_where_there_is_nobody(pk: str, root_client: Client) -> None:
    assert root_client.post(page("user", "account", pk), {"verb": "block"}).status_code == 404
