"""Grants and tags: what they point at is chosen, typed and shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from authkit import auth
from authkit.admin.targets import in_words
from authkit.models import Permission, Tag
from authkit.models.targets import NIL
from tests.admin.conftest import form_of, page
from tests.blog.models import Language

User = get_user_model()


def key_of(model: type[Any]) -> int:
    return ContentType.objects.get_for_model(model).pk


def errors(response: Any) -> list[str]:
    return sorted(response.context["adminform"].form.errors)


@pytest.fixture
def add(root_client: Client, make_group: Callable[..., Any]) -> Callable[..., Any]:
    group = make_group("editors")

    def add(**values: Any) -> Any:
        data = {"group": group.pk, "name": "write", "expires_at_0": "", "expires_at_1": ""}
        return root_client.post(page("permission", "add"), data | values)

    return add


def test_a_capability_a_model_and_a_record_are_granted(add: Any, user: Any) -> None:
    assert add().status_code == 302
    assert add(content_type=key_of(User)).status_code == 302
    assert add(content_type=key_of(User), record=f" {user.pk} ").status_code == 302
    targets = [row.target for row in Permission.objects.order_by("pk")]
    assert targets == [
        (None, 0, NIL),
        (key_of(User), 0, NIL),
        (key_of(User), user.pk, NIL),
    ]
    words = [in_words(row) for row in Permission.objects.order_by("pk")]
    assert words == ["capability, on no model", "every user", f"user {user.pk}"]


@pytest.mark.parametrize(
    "record",
    ["0", "-1", "999", "abc", "9" * 64, "9" * 30, "6f1c9a1e-0000-4000-8000-000000000001", "1.0"],
)
def test_a_record_that_is_not_there_is_refused(record: str, add: Any, user: Any) -> None:
    assert errors(add(content_type=key_of(User), record=record)) == ["record"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"record": "1"}, "content_type"),
        ({"content_type": "4711"}, "content_type"),
        ({"name": ""}, "name"),
        ({"name": "a\x07b"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"group": "4711"}, "group"),
    ],
)
def test_half_a_grant_is_refused(values: dict[str, str], field: str, add: Any) -> None:
    assert field in errors(add(**values))
    assert not Permission.objects.exists()


def test_a_record_without_a_fitting_key_is_refused(add: Any) -> None:
    Language.objects.create(code="de")
    assert errors(add(content_type=key_of(Language), record="de")) == ["record"]


@pytest.mark.parametrize("model", [Session, Permission, ContentType])
@pytest.mark.parametrize("record", ["", "1"])
def test_only_models_that_can_be_targets_are_offered(
    model: type[Any], record: str, add: Any, root_client: Client
) -> None:
    form = root_client.get(page("permission", "add")).context["adminform"].form
    offered = set(form.fields["content_type"].queryset)
    assert ContentType.objects.get_for_model(User) in offered
    assert ContentType.objects.get_for_model(model) not in offered
    assert errors(add(content_type=key_of(model), record=record)) == ["content_type"]
    assert not Permission.objects.exists()


def test_a_model_that_is_gone_is_refused_and_shown(add: Any, make_group: Any) -> None:
    gone = ContentType.objects.create(app_label="shop", model="price")
    assert errors(add(content_type=gone.pk)) == ["content_type"]
    row = Permission(group=make_group(), name="write", content_type=gone)
    assert in_words(row) == "every price"


@pytest.mark.parametrize(
    "values", [{}, {"content_type": True}, {"content_type": True, "record": 1}]
)
def test_a_grant_is_made_once(values: dict[str, Any], add: Any, user: Any) -> None:
    if "content_type" in values:
        values = {**values, "content_type": key_of(User)}
    if "record" in values:
        values = {**values, "record": user.pk}
    assert add(**values).status_code == 302
    assert errors(add(**values)) == ["__all__"]


def test_only_the_end_of_a_grant_may_change(
    root_client: Client, make_group: Callable[..., Any]
) -> None:
    grant = Permission.objects.add(make_group("editors"), "write", User)
    path = page("permission", "change", grant.pk)
    response = root_client.get(path)
    assert set(response.context["adminform"].form.fields) == {"expires_at"}
    data = form_of(response) | {"expires_at_0": "2099-01-01", "expires_at_1": "00:00"}
    root_client.post(path, data)
    grant.refresh_from_db()
    assert grant.expires_at.year == 2099


def test_the_list_is_searched_and_filtered(
    root_client: Client, user: Any, make_group: Callable[..., Any]
) -> None:
    past = timezone.now() - timedelta(days=1)
    editors, readers = make_group("Editors"), make_group("readers")
    Permission.objects.add(editors, "Write", User)
    Permission.objects.add(readers, "read", user, expires_at=past)
    Permission.objects.add(readers, "login")
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({"q": "WRITE"}, {"Write"}),
        ({"q": "editors"}, {"Write"}),
        ({"group": readers.pk}, {"read", "login"}),
        ({"expiry": "expired"}, {"read"}),
        ({"content_type__id__exact": key_of(User)}, {"Write", "read"}),
    ]
    for query, names in cases:
        listed = root_client.get(page("permission"), query).context["cl"].result_list
        assert {row.name for row in listed} == names


# Tags


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"path": "a//b"}, "path"),
        ({"path": "a\u200bb"}, "path"),
        ({"path": "/"}, "path"),
        ({"record": ""}, "record"),
        ({"content_type": ""}, "content_type"),
        ({"record": "4711"}, "record"),
        ({}, "__all__"),
    ],
)
def test_a_tag_that_the_model_would_refuse_is_refused(
    values: dict[str, str], field: str, root_client: Client, user: Any
) -> None:
    Tag.objects.add("groups", user, "teacher")
    data = {"namespace": "groups", "path": "teacher", "content_type": key_of(User)}
    data |= {"record": str(user.pk)} | values
    assert field in errors(root_client.post(page("tag", "add"), data))
    assert Tag.objects.count() == 1


def test_a_tag_is_put_on_and_taken_off_but_not_changed(
    root: Any, root_client: Client, user: Any, new_events: Callable[[], Any]
) -> None:
    data = {"namespace": "groups", "path": "/teacher/Physics/", "content_type": key_of(User)}
    new_events()
    assert root_client.post(page("tag", "add"), data | {"record": user.pk}).status_code == 302
    tag = Tag.objects.get()
    assert (tag.path, tag.object_id) == ("teacher/Physics", user.pk)
    listed = root_client.get(page("tag"), {"q": "PHYSICS"}).context["cl"].result_list
    assert list(listed) == [tag]
    assert root_client.post(page("tag", "change", tag.pk), {"path": "x"}).status_code == 403
    root_client.post(page("tag", "delete", tag.pk), {"post": "yes"})
    assert [row[0] for row in new_events()] == ["tag_add", "tag_remove"]


def test_the_form_offers_what_authkit_asks_about(root_client: Client) -> None:
    form = root_client.get(page("permission", "add")).context["adminform"].form
    offered = {str(label) for _key, label in form.fields["content_type"].choices}
    assert {"Accounts and authorization | group", "Blog | post"} <= offered
    # Those of Django decide nothing here.
    assert not {label for label in offered if label.startswith("Authentication and Auth")}
    labels = [str(form[name].label) for name in ("group", "name", "content_type", "record")]
    assert labels == [label.capitalize() for label in labels]


def test_the_list_names_the_person_whose_own_group_it_is(
    root_client: Client,
    make_staff: Any,
    client_for: Any,
    user: Any,
    django_assert_max_num_queries: Any,
) -> None:
    auth.add_permission(user, "write", user)
    auth.add_permission(auth.create_group("editors"), "write", user)
    own = user.auth_own_group.name
    for client, shown in (
        (root_client, str(user)),
        (client_for(make_staff("view_permission", "view_user")), str(user)),
        (client_for(make_staff("view_permission")), own),
    ):
        response = client.get(page("permission"))
        cells = re.findall(r'<td class="field-group[^>]*>(.*?)</td>', response.content.decode())
        assert [re.sub("<[^>]+>", "", cell) for cell in cells] == ["editors", shown]
    for number in range(20):
        auth.add_permission(user, f"write {number}", user)
    with django_assert_max_num_queries(8):
        root_client.get(page("permission"), {"o": "2"})
