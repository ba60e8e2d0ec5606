"""Requests that no page offers; each would change something if it were believed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from authkit.models import Event, Mail
from tests.admin.conftest import everything, form_of, inline, page

User = get_user_model()


@pytest.mark.parametrize("model", ["user", "group", "membership", "permission", "tag", "event"])
@pytest.mark.parametrize("visitor", ["root_client", "clerk_client"])
def test_a_list_is_not_editable(
    visitor: str, model: str, rows: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(visitor)
    before = everything()
    row = {"id": getattr(rows, model).pk, "name": "forged", "is_superuser": "on", "status": "x"}
    new = {"id": "", "name": "new", "email": "new@example.com", "path": "new"}
    client.post(page(model), {**inline("form", row, new, initial=1), "_save": "Save"})
    assert everything() == before


@pytest.mark.parametrize("name", ["add", "change", "delete"])
@pytest.mark.parametrize("model", ["event", "mail"])
def test_what_is_read_only_refuses_every_post(
    model: str, name: str, rows: SimpleNamespace, root_client: Client
) -> None:
    events = Event.objects.count()
    path = page(model, name, None if name == "add" else getattr(rows, model).pk)
    data = {"name": "forged", "purpose": "forged", "post": "yes"}
    assert root_client.post(path, data).status_code == 403
    data = {"action": "delete_selected", "_selected_action": "1", "post": "yes", "index": "0"}
    root_client.post(page(model), data)
    assert Event.objects.count() == events
    assert Mail.objects.get().purpose == "password_reset"


@pytest.mark.parametrize("name", ["add", "change", "delete"])
@pytest.mark.parametrize("model", ["user", "group", "membership", "permission", "tag"])
def test_a_reader_changes_nothing(
    model: str,
    name: str,
    rows: SimpleNamespace,
    make_staff: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    client = client_for(make_staff(f"view_{model}"))
    before = everything()
    path = page(model, name, None if name == "add" else getattr(rows, model).pk)
    data = {"name": "forged", "email": "forged@example.com", "path": "forged", "post": "yes"}
    assert client.post(path, data).status_code == 403
    assert everything() == before


EXTRA = {
    "is_superuser": "on",
    "is_active": "",
    "status": "pending",
    "blocked_from": "active",
    "version": "99",
    "password": "argon2$forged",
    "email_key": "forged",
    "username_key": "forged",
    "last_login": "2001-01-01",
    "last_login_0": "2001-01-01",
    "last_login_1": "00:00",
    "date_joined_0": "2001-01-01",
    "date_joined_1": "00:00",
    "id": "4711",
    "pk": "4711",
    "_saveasnew": "1",
    "groups": "1",
    "user_permissions": "1",
}


def test_fields_that_the_form_has_not_are_ignored(user: Any, clerk_client: Client) -> None:
    path = page("user", "change", user.pk)
    data = form_of(clerk_client.get(path))
    before = everything()
    extra = {name: value for name, value in EXTRA.items() if name != "_saveasnew"}
    assert clerk_client.post(path, data | extra).status_code == 302
    assert everything() == before


def test_nothing_is_saved_as_new(user: Any, clerk_client: Client) -> None:
    path = page("user", "change", user.pk)
    data = form_of(clerk_client.get(path)) | EXTRA | {"email": "second@example.com"}
    clerk_client.post(path, data)
    for added in User.objects.filter(email="second@example.com"):
        assert (added.is_superuser, added.is_staff, added.version) == (False, False, 0)
        assert not added.has_usable_password()


def test_even_a_superuser_cannot_write_what_a_verb_writes(user: Any, root_client: Client) -> None:
    path = page("user", "change", user.pk)
    data = form_of(root_client.get(path))
    before = everything()
    extra = {name: EXTRA[name] for name in EXTRA if name not in {"is_superuser", "_saveasnew"}}
    root_client.post(path, data | extra)
    assert everything() == before


def test_a_verb_wants_a_post_with_a_token(user: Any, root: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    path = page("user", "account", user.pk)
    assert client.post(path, {"verb": "end_sessions"}).status_code == 403
    assert client.get(path, {"verb": "end_sessions"}).status_code == 302
    assert User.objects.get(pk=user.pk).version == 0


@pytest.mark.parametrize("verb", ["", "nonsense", "\x00", "delete", "set_password", "__class__"])
def test_an_unknown_verb_does_nothing(verb: str, user: Any, root_client: Client) -> None:
    before = everything()
    assert root_client.post(page("user", "account", user.pk), {"verb": verb}).status_code == 302
    assert everything() == before


@pytest.mark.parametrize(
    "rights", [(), ("view_user",), ("view_group",), ("view_user", "view_group")]
)
def test_a_key_that_is_posted_tells_nothing_of_what_one_may_not_view(
    rights: tuple[str, ...],
    make_staff: Callable[..., Any],
    make_user: Callable[..., Any],
    make_group: Callable[..., Any],
    client_for: Callable[[Any], Client],
) -> None:
    staff = make_staff("add_membership", *rights)
    user, group = make_user(email="secret@example.com"), make_group("secret-project", staff)
    client = client_for(staff)
    data = {"user": user.pk, "group": group.pk, "expires_at_0": "x"}
    text = client.post(page("membership", "add"), data).content.decode()
    assert ("secret@example.com" in text) == ("view_user" in rights)
    assert ("secret-project" in text) == ("view_group" in rights)
    response = client.post(page("membership", "add"), data | {"expires_at_0": ""}, follow=True)
    may = len(rights) == 2
    assert group.auth_memberships.filter(user=user).exists() == may
    assert ("secret" in response.content.decode()) == bool(rights)
    unknown = dict.fromkeys(("user", "group"), "424242")
    errors = client.post(page("membership", "add"), data | unknown).context["errors"]
    if not rights:
        assert errors == client.post(page("membership", "add"), data).context["errors"]
