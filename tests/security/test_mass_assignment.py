"""MA: a form writes what it shows, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD, Mailbox

from .dumps import tables
from .links import NEW_ADDRESS, fresh, log_in
from .pages import FORMS, NAMES, path

# What a sender may hope to write.
HOPES: dict[str, str] = {
    "id": "4711",
    "pk": "4711",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "on",
    "status": "active",
    "blocked_from": "active",
    "version": "99",
    "verified": "on",
    "emailaddress_set-0-verified": "on",
    "groups": "1",
    "auth_groups": "1",
    "auth_memberships": "1",
    "auth_permissions": "1",
    "user_permissions": "1",
    "permissions": "1",
    "password_hash": "argon2$x",
    "date_joined": "1999-01-01",
    "last_login": "1999-01-01",
    "email_key": "key@evil.example",
    "username_key": "key",
    "__class__": "x",
    "user.is_staff": "on",
    "user[is_staff]": "on",
}
WAYS = ["form", "multipart", "json", "nested json", "query"]
REGISTRATION = {
    "email": NEW_ADDRESS,
    "username": "new",
    "first_name": "Ada",
    "last_name": "L",
    "password": PASSWORD,
    "password2": PASSWORD,
}


def send(client: Client, page: str, data: dict[str, str], way: str) -> Any:
    wanted = {**HOPES, **data}
    match way:
        case "form":
            kind = "application/x-www-form-urlencoded"
            return client.post(page, "&".join(f"{k}={v}" for k, v in wanted.items()), kind)
        case "multipart":
            return client.post(page, wanted)
        case "json":
            return client.post(page, json.dumps(wanted), "application/json")
        case "nested json":
            return client.post(page, json.dumps({**data, "user": HOPES}), "application/json")
        case _:
            return client.post(page, data, query_params=HOPES)


def row(user: Any) -> dict[str, Any]:
    fields = type(user).objects.filter(pk=user.pk).values().get()
    return {name: value for name, value in fields.items() if name not in {"password", "last_login"}}


# MA01


@pytest.mark.parametrize("way", WAYS)
def test_ma01_a_registration_decides_nothing_that_is_not_asked(db: Any, way: str) -> None:
    plain = Client().post(reverse("account_signup"), REGISTRATION)
    expected = row(get_user_model().objects.get())
    get_user_model().objects.all().delete()
    response = send(Client(), reverse("account_signup"), REGISTRATION, way)
    if "json" in way:
        assert response.status_code == 200
        assert not get_user_model().objects.exists()
        return
    assert response.url == plain.url
    made = row(get_user_model().objects.get())
    differing = {name for name in made if made[name] != expected[name]}
    assert differing <= {"id", "date_joined"}
    assert made["id"] != 4711
    assert made["date_joined"].year != 1999
    assert made["status"] == "unverified"


@pytest.mark.parametrize("way", WAYS)
def test_ma01_a_profile_writes_its_own_fields(user: Any, way: str) -> None:
    client = log_in(user)
    before = row(user)
    send(client, reverse("account_profile"), {"first_name": "Ada", "last_name": "L"}, way)
    names = {} if "json" in way else {"first_name": "Ada", "last_name": "L"}
    if "json" in way:
        names = {"first_name": "", "last_name": ""}
    assert row(user) == before | names


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["account_email", "account_sessions", "account_reauthenticate"])
def test_ma01_no_other_page_writes_the_account(user: Any, name: str, way: str) -> None:
    client = log_in(user)
    before = row(user)
    send(client, reverse(name), FORMS[name], way)
    assert row(user) | {"version": 0} == before | {"version": 0}


# MA02


@pytest.mark.parametrize("field", ["email", "status", "is_staff", "is_superuser", "password", "id"])
@pytest.mark.parametrize("declaration", ["form_registration_rw", "form_profile_rw"])
def test_ma02_no_declaration_opens_what_decides_who_somebody_is(
    user: Any, monkeypatch: pytest.MonkeyPatch, field: str, declaration: str
) -> None:
    model = get_user_model()
    monkeypatch.setattr(model, declaration, {**getattr(model, declaration), field: True})
    client = log_in(user)
    before = row(user)
    client.post(reverse("account_profile"), {**HOPES, "password": "x", "email": NEW_ADDRESS})
    assert row(user) == before | {"first_name": "", "last_name": ""}
    if declaration == "form_profile_rw":
        assert field not in client.get(reverse("account_profile")).context["form"].fields
    else:
        Client().post(reverse("account_signup"), {**HOPES, **REGISTRATION})
        made = row(model.objects.get(email=NEW_ADDRESS))
        assert (made["status"], made["is_staff"], made["is_superuser"]) == ("unverified", 0, 0)
        assert made["id"] != 4711


CASES = [
    # declared, shown, written
    (False, False, False),
    (True, True, True),
    ((True, False), True, False),
    ((False, True), True, True),
    ((False, False), False, False),
]


@pytest.mark.parametrize(("declared", "shown", "written"), CASES)
def test_ma02_a_profile_shows_and_writes_what_is_declared(
    make_user: Any,
    monkeypatch: pytest.MonkeyPatch,
    declared: Any,
    shown: Any,
    written: Any,
) -> None:
    monkeypatch.setattr(get_user_model(), "form_profile_rw", {"last_name": declared})
    user = make_user(last_name="Lovelace")
    client = log_in(user)
    page = client.get(reverse("account_profile"))
    assert ("last_name" in page.context["form"].fields) == shown
    readable = declared is True or declared == (True, False)
    assert ("Lovelace" in page.content.decode()) == readable
    client.post(reverse("account_profile"), {"last_name": "Byron"})
    assert fresh(user).last_name == ("Byron" if written else "Lovelace")


@pytest.mark.parametrize("declared", [False, (True, False), (False, False)])
def test_ma02_a_registration_writes_what_is_declared(
    db: Any, monkeypatch: pytest.MonkeyPatch, declared: Any
) -> None:
    monkeypatch.setattr(get_user_model(), "form_registration_rw", {"last_name": declared})
    Client().post(reverse("account_signup"), REGISTRATION)
    assert get_user_model().objects.get().last_name == ""


# MA03


@pytest.mark.parametrize("field", ["email", "username", "email_key", "username_key", "id", "pk"])
def test_ma03_a_profile_changes_no_identity(user: Any, make_user: Any, field: str) -> None:
    other = make_user()
    client = log_in(user)
    before = [row(user), row(other)]
    value = str(getattr(other, field))
    client.post(reverse("account_profile"), {field: value, "first_name": "", "last_name": ""})
    client.post(reverse("account_profile"), {"user": other.pk, "user_id": other.pk, field: value})
    assert [row(user), row(other)] == before


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_deletion"])
def test_ma03_nobody_acts_for_another(user: Any, make_user: Any, name: str) -> None:
    other = make_user()
    client = log_in(user)
    names = ("user", "user_id", "pk", "id", "owner", "account")
    chosen = dict.fromkeys(names, str(other.pk))
    before = row(other), other.password
    response = client.post(path(name), {**FORMS[name], **chosen}, query_params=chosen)
    assert response.status_code == 302
    assert (row(other), fresh(other).password) == before


# MA05


def test_ma05_of_two_addresses_the_validated_one_is_stored(db: Any, mailbox: Mailbox) -> None:
    for number, pair in enumerate([("x", NEW_ADDRESS), (NEW_ADDRESS, "x")]):
        data = {**REGISTRATION, "username": f"new{number}", "email": list(pair)}
        response = Client().post(reverse("account_signup"), data)
        assert (response.status_code == 302) == (pair[-1] == NEW_ADDRESS)
    assert [user.email for user in get_user_model().objects.all()] == [NEW_ADDRESS]
    assert [message.to for message in mailbox] == [[NEW_ADDRESS]]


def test_ma05_of_two_passwords_the_validated_one_is_set(db: Any) -> None:
    data = {**REGISTRATION, "password": ["short", PASSWORD], "password2": ["other", PASSWORD]}
    assert Client().post(reverse("account_signup"), data).status_code == 302
    assert get_user_model().objects.get().check_password(PASSWORD)
    data = {**data, "email": "b@example.com", "username": "b", "password": [PASSWORD, "short"]}
    assert Client().post(reverse("account_signup"), data).status_code == 200


@pytest.mark.parametrize("name", ["account_signup", "account_login", "account_reset_password"])
def test_ma05_what_the_address_bar_says_is_no_form(user: Any, name: str) -> None:
    before = tables(without=("django_session",))
    response = Client().post(path(name), {}, query_params={**REGISTRATION, **FORMS[name]})
    assert response.status_code == 200
    after = tables(without=("django_session",))
    assert after == before


def test_ma05_a_files_name_is_no_value(user: Any) -> None:
    client = log_in(user)
    upload = SimpleUploadedFile("first_name.txt", b"x")
    client.post(reverse("account_profile"), {"first_name": upload, "last_name": "L"})
    assert (fresh(user).first_name, fresh(user).last_name) == ("", "L")


# MA06


def test_ma06_no_page_shows_a_secret(make_user: Any, mailbox: Mailbox) -> None:
    user = make_user(is_staff=True)
    client = log_in(user)
    Client().post(reverse("account_reset_password"), {"email": user.email})
    token = mailbox.link().rstrip("/").rsplit(":", 1)[1]
    session = client.session.session_key
    stored = fresh(user)
    secrets = [
        stored.password,
        stored.password.rsplit("$", 1)[1],
        stored.get_session_auth_hash(),
        str(session),
        project.SECRET_KEY,
        token,
        PASSWORD,
    ]
    for name in NAMES:
        for response in (client.get(path(name)), client.post(path(name), {})):
            body = response.content.decode() + str(response.headers)
            assert not [secret for secret in secrets if secret in body], name
        if "_auth_user_id" not in client.session:
            client.force_login(stored)
            secrets[3] = str(client.session.session_key)
