"""What happens to an account from the administration pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from authkit.models import Mail, Membership, Status
from tests.admin.conftest import form_of, page, texts
from tests.conftest import PASSWORD

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


# Adding


def test_an_added_user_sets_the_password_by_mail(
    root: Any, root_client: Client, new_events: Callable[[], Any]
) -> None:
    new_events()
    data = {"email": "New@Example.com", "username": "newcomer", "first_name": "N", "is_staff": "on"}
    response = root_client.post(page("user", "add"), data, follow=True)
    user = User.objects.get(email="new@example.com")
    assert (user.status, user.is_staff, user.has_usable_password()) == (Status.ACTIVE, True, False)
    assert [(mail.purpose, mail.user) for mail in Mail.objects.all()] == [("password_reset", user)]
    assert new_events() == [("user_create", "success", str(root.pk), str(user.pk))]
    assert "A link to set a password goes to new@example.com." in texts(response)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "TAKEN@example.com"}, "email"),
        ({"email": "a@example.com", "username": "Taken"}, "username"),
        ({"email": "a@example.com", "username": "<b>"}, "username"),
        ({"email": "a\x00@example.com"}, "email"),
        ({"email": "a@b@example.com"}, "email"),
        ({"email": "x" * 300 + "@example.com"}, "email"),
    ],
)
def test_what_the_database_would_refuse_is_said_at_the_field(
    data: dict[str, str], field: str, root_client: Client, make_user: Callable[..., Any]
) -> None:
    make_user(email="taken@example.com", username="taken")
    response = root_client.post(page("user", "add"), data)
    assert list(response.context["adminform"].form.errors) == [field]


def test_a_key_longer_than_its_column_is_refused(root_client: Client, settings: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "UNICODE_USERNAMES": True}
    data = {"email": "a@example.com", "username": "ß" * 100}
    response = root_client.post(page("user", "add"), data)
    assert list(response.context["adminform"].form.errors) == ["username"]


# Changing


def change(client: Client, user: Any, **values: Any) -> Any:
    path = page("user", "change", user.pk)
    data = form_of(client.get(path)) | values
    data = {name: value for name, value in data.items() if value is not None}
    return client.post(path, data, follow=True)


@pytest.mark.parametrize(
    ("values", "event"),
    [
        ({"email": "Other@Example.com"}, "user_email"),
        ({"username": "other"}, "user_username"),
        ({"first_name": "Ada"}, "user_update"),
        ({"is_staff": "on"}, "user_privileges"),
    ],
)
def test_a_change_is_recorded_once_under_its_name(
    values: dict[str, str],
    event: str,
    root: Any,
    root_client: Client,
    user: Any,
    new_events: Callable[[], Any],
) -> None:
    new_events()
    change(root_client, user, **values)
    assert new_events() == [(event, "success", str(root.pk), str(user.pk))]


def test_saving_without_a_change_records_nothing(
    root_client: Client, user: Any, new_events: Callable[[], Any]
) -> None:
    new_events()
    version = user.version
    change(root_client, user, email=user.email.upper())
    assert new_events() == []
    assert User.objects.get(pk=user.pk).version == version


def test_a_new_address_ends_the_sessions_and_is_stored_as_typed_in_small(
    root_client: Client, user: Any, client_for: Callable[[Any], Client]
) -> None:
    client = client_for(user)
    change(root_client, user, email="Other@Example.com")
    assert User.objects.get(pk=user.pk).email == "other@example.com"
    assert "_auth_user_id" in client.session
    assert client.get("/auth/profile/").status_code == 302


def test_only_the_new_address_logs_in(root_client: Client, user: Any) -> None:
    old = user.email
    change(root_client, user, email="other@example.com")
    for address, status in ((old, 200), ("other@example.com", 302)):
        client = Client()
        data = {"login": address, "password": PASSWORD}
        assert client.post("/auth/login/", data).status_code == status
        assert ("_auth_user_id" in client.session) == (status == 302)


def test_the_own_change_does_not_log_the_administrator_out(root: Any, root_client: Client) -> None:
    change(root_client, root, username="boss")
    assert root_client.get(page("user")).status_code == 200


@pytest.mark.parametrize("who", ["root", "clerk"])
def test_nobody_changes_the_own_address_past_the_password(
    who: str, request: pytest.FixtureRequest, client_for: Callable[[Any], Client]
) -> None:
    visitor = request.getfixturevalue(who)
    response = change(client_for(visitor), visitor, email="thief@example.com", first_name="Ada")
    address, visitor = visitor.email, User.objects.get(pk=visitor.pk)
    assert (visitor.email, visitor.first_name) == (address, "Ada")
    # Nor is it lost on the way to what is told and logged.
    assert address in texts(response)[0]
    assert LogEntry.objects.get().object_repr == address


def test_an_address_is_replaced_but_not_removed(root_client: Client, user: Any) -> None:
    response = change(root_client, user, email="")
    assert list(response.context["adminform"].form.errors) == ["email"]


def test_one_without_an_address_may_stay_without(
    root_client: Client, make_user: Callable[..., Any]
) -> None:
    user = make_user(email=None)
    change(root_client, user, first_name="Ada")
    user.refresh_from_db()
    assert (user.first_name, user.email, user.email_key) == ("Ada", None, None)


@pytest.mark.parametrize("what", ["privileges", "delete", "bulk delete"])
def test_the_last_superuser_cannot_leave(
    what: str, root: Any, root_client: Client, user: Any, new_events: Callable[[], Any]
) -> None:
    new_events()
    if what == "privileges":
        response = change(root_client, root, is_superuser=None)
        event = ("user_privileges", "failure", str(root.pk), str(root.pk))
    elif what == "delete":
        path = page("user", "delete", root.pk)
        response = root_client.post(path, {"post": "yes"}, follow=True)
        event = ("user_delete", "failure", str(root.pk), str(root.pk))
    else:
        data = {
            "action": "delete_selected",
            "_selected_action": [user.pk, root.pk],
            "post": "yes",
        }
        response = root_client.post(page("user"), data, follow=True)
        event = ("user_delete", "failure", str(root.pk), "")
    assert texts(response) == ["Nothing was changed, because the last active superuser must stay."]
    assert User.objects.filter(is_superuser=True).count() == 1
    assert User.objects.filter(pk=user.pk).exists()
    assert new_events() == [event]
    assert not LogEntry.objects.exists()


def test_a_second_superuser_may_leave(root_client: Client, make_user: Callable[..., Any]) -> None:
    second = make_user(is_staff=True, is_superuser=True)
    change(root_client, second, is_superuser=None)
    assert not User.objects.get(pk=second.pk).is_superuser


def test_deleting_records_each_one(
    root: Any, root_client: Client, make_user: Callable[..., Any], new_events: Callable[[], Any]
) -> None:
    users = [make_user() for _ in range(3)]
    new_events()
    root_client.post(page("user", "delete", users[0].pk), {"post": "yes"})
    data = {
        "action": "delete_selected",
        "_selected_action": [user.pk for user in users[1:]],
        "post": "yes",
    }
    root_client.post(page("user"), data)
    assert sorted(new_events()) == sorted(
        ("user_delete", "success", str(root.pk), str(user.pk)) for user in users
    )


def test_somebody_quicker_is_told_and_not_a_crash(
    root_client: Client, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = page("user", "change", user.pk)
    data = form_of(root_client.get(path)) | {"username": "other"}
    stale = User.objects.get(pk=user.pk)
    User.objects.end_sessions(user)
    monkeypatch.setattr("authkit.admin.UserAdmin.get_object", lambda *args: stale)
    response = root_client.post(path, data, follow=True)
    assert texts(response) == ["Nothing was changed, because it was changed or deleted meanwhile."]


# Finding


@pytest.mark.parametrize(
    "text",
    [
        "STRASSE@EXAMPLE.COM",
        "straße",
        "Ｓtrasse",
        "Weiß",
        "WEISS",
        "weiss example",
        "Änn",
        '"von Groß"',
    ],
)
def test_a_user_is_found_in_any_spelling(
    text: str, root_client: Client, make_user: Callable[..., Any], settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "UNICODE_USERNAMES": True}
    user = make_user(
        email="straße@example.com", username="Weiß", first_name="Änne", last_name="von Groß"
    )
    make_user()
    assert list(root_client.get(page("user"), {"q": text}).context["cl"].result_list) == [user]


def test_the_list_is_filtered_by_group_and_status(
    root_client: Client, make_user: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    member, former, other = make_user(), make_user(), make_user()
    group = make_group("editors", member)
    Membership.objects.add(group, former, expires_at=timezone.now() - timedelta(days=1))
    User.objects.block(other)
    listed = root_client.get(page("user"), {"group": group.pk}).context["cl"].result_list
    assert list(listed) == [member]
    listed = root_client.get(page("user"), {"status__exact": "blocked"}).context["cl"].result_list
    assert list(listed) == [other]


def test_three_hundred_groups_make_no_three_hundred_links(
    root_client: Client, make_group: Callable[..., Any]
) -> None:
    for _ in range(300):
        make_group()
    assert b"group299" not in root_client.get(page("user")).content


def test_pages_are_of_fifty(root_client: Client, make_user: Callable[..., Any]) -> None:
    for _ in range(60):
        make_user(password=None)
    changelist = root_client.get(page("user"), {"p": 2}).context["cl"]
    assert (len(changelist.result_list), changelist.result_count) == (11, 61)


# What is never shown


@pytest.mark.parametrize("name", ["changelist", "change", "history", "delete"])
@pytest.mark.parametrize("visitor", ["root", "clerk", "reader"])
def test_no_page_shows_hash_key_or_version(
    name: str,
    visitor: str,
    request: pytest.FixtureRequest,
    make_user: Callable[..., Any],
    make_staff: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    user = make_user(email="straße@example.com")
    reader = make_staff("view_user") if visitor == "reader" else request.getfixturevalue(visitor)
    path = page("user", name, None if name == "changelist" else user.pk)
    body = client_for(reader).get(path).content.decode()
    for secret in (user.password, "argon2", "strasse", "version", "blocked_from", "email_key"):
        assert secret not in body


@pytest.mark.parametrize("lookup", ["user__password__startswith", "user__version"])
def test_hidden_columns_cannot_be_guessed_from_the_memberships(
    lookup: str, root_client: Client
) -> None:
    assert root_client.get(page("membership"), {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("lookup", ["password__startswith", "version", "email_key", "username_key"])
def test_hidden_columns_cannot_be_guessed_by_filtering(
    lookup: str, root_client: Client, user: Any
) -> None:
    assert root_client.get(page("user"), {lookup: "a"}).status_code == 400


@pytest.mark.parametrize("path", ["password/", "password_change/"])
def test_nobody_else_sets_a_password(path: str, root_client: Client, user: Any) -> None:
    before = user.password
    url = page("user", "change", user.pk).removesuffix("change/") + path
    data = {"password1": "another long password", "password2": "another long password"}
    assert root_client.post(url, data).status_code in {302, 404}
    assert User.objects.get(pk=user.pk).password == before


def test_markup_in_a_name_is_text(root_client: Client, make_user: Callable[..., Any]) -> None:
    user = make_user(first_name="<script>alert(1)</script>", last_name="<img src=x onerror=a>")
    for path in (page("user"), page("user", "change", user.pk), page("user", "delete", user.pk)):
        body = root_client.get(path).content
        assert b"<script>alert" not in body
        assert b"<img src=x" not in body


def test_the_link_of_an_added_user_opens_the_account(root_client: Client, mailbox: Any) -> None:
    root_client.post(page("user", "add"), {"email": "new@example.com"})
    assert [mail.to for mail in mailbox] == [["new@example.com"]]
    client = Client()
    form = client.get(mailbox.link(), follow=True)
    names = form.context["form"].fields
    response = client.post(form.request["PATH_INFO"], dict.fromkeys(names, "a long enough phrase"))
    assert response.status_code == 302
    data = {"login": "new@example.com", "password": "a long enough phrase"}
    client.post("/auth/login/", data)
    assert "_auth_user_id" in client.session
