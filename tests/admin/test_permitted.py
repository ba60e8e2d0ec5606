"""Pages of a project's own models: what is granted on a record opens that record alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django
import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse

from authkit import auth
from authkit.admin import PermittedModelAdmin
from authkit.models import Permission, Tag
from tests.authz.views import urls
from tests.blog.models import Language, Picture, Post

pytestmark = pytest.mark.urls("tests.admin.permitted_urls")


@pytest.fixture
def posts(db: None) -> list[Post]:
    return [Post.objects.create(title=title) for title in ("first", "second", "third", "hidden")]


def page(name: str = "changelist", pk: Any = None, model: str = "post") -> str:
    return reverse(f"admin:blog_{model}_{name}", args=[] if pk is None else [pk])


def listed(client: Client) -> list[str]:
    rows = client.get(page()).context["cl"].result_list
    return sorted(row.title for row in rows)


def codes(client: Client, post: Post) -> dict[str, int]:
    names = ("change", "delete", "history")
    return {name: client.get(page(name, post.pk)).status_code for name in names}


def test_without_a_grant_there_is_nothing(assistant_client: Client, posts: list[Post]) -> None:
    assert assistant_client.get(page()).status_code == 403
    assert "/blog/post/" not in assistant_client.get("/admin/").content.decode()


@pytest.mark.parametrize("names", [["view"], ["change"], ["view", "change"]])
def test_the_list_holds_what_may_be_viewed_or_changed(
    names: list[str], assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, names, [posts[0], posts[3]])
    auth.add_permission(assistant, ["delete"], posts[1])
    assert listed(assistant_client) == ["first"]
    assert "/blog/post/" in assistant_client.get("/admin/").content.decode()
    auth.add_permission(assistant, names[0], Post)
    assert listed(assistant_client) == ["first", "second", "third"]


def test_both_rights_make_one_list_of_one_query(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, ["view", "change"], posts[0])
    auth.add_permission(assistant, "change", posts[1])
    assert listed(assistant_client) == ["first", "second"]
    found = assistant_client.get(page(), {"q": "second"}).context["cl"].result_list
    assert [row.title for row in found] == ["second"]


def test_each_record_is_asked_by_itself(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    first, second, third, _hidden = posts
    auth.add_permission(assistant, "view", [first, second])
    auth.add_permission(assistant, "change", second)
    auth.add_permission(assistant, ["view", "delete"], third)
    assert codes(assistant_client, first) == {"change": 200, "delete": 403, "history": 200}
    assert codes(assistant_client, second) == {"change": 200, "delete": 403, "history": 200}
    assert codes(assistant_client, third) == {"change": 200, "delete": 200, "history": 200}
    for post, changed in ((first, 403), (second, 302)):
        data = {"title": "new", "author": assistant.pk}
        assert assistant_client.post(page("change", post.pk), data).status_code == changed
    assert Post.objects.filter(title="new").get() == second
    assert assistant_client.post(page("delete", third.pk), {"post": "yes"}).status_code == 302
    assert assistant_client.get(page("add")).status_code == 403


def test_what_is_not_listed_is_not_there(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, ["view", "change", "delete"], posts[0])
    assert codes(assistant_client, posts[1]) == {"change": 302, "delete": 302, "history": 302}


def test_a_grant_of_deletion_alone_opens_the_page_that_deletes(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, "delete", [posts[0], posts[3]])
    assert assistant_client.get(page()).status_code == 403
    assert codes(assistant_client, posts[0]) == {"change": 403, "delete": 200, "history": 302}
    # Another record, and one that the page never has
    assert [codes(assistant_client, posts[i])["delete"] for i in (1, 3)] == [302, 302]
    assert assistant_client.post(page("delete", posts[0].pk), {"post": "yes"}).status_code == 302
    assert not Post.objects.filter(pk=posts[0].pk).exists()


def test_a_list_with_fields_changes_only_what_may_be_changed(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    first, second, *_rest = posts
    auth.add_permission(assistant, "view", [first, second])
    auth.add_permission(assistant, "change", second)
    # From 6.1 on Django drops the fields of a row that may only be viewed; before, we refuse them.
    refused = 302 if django.VERSION >= (6, 1) else 403
    for post, status, title in ((first, refused, "first"), (second, 302, "new")):
        formset = assistant_client.get(page()).context["cl"].formset
        data = {f"form-{name}": value for name, value in formset.management_form.initial.items()}
        for number, form in enumerate(formset.forms):
            data[f"form-{number}-id"] = form.instance.pk
            mine = form.instance.pk == post.pk
            data[f"form-{number}-title"] = "new" if mine else form.instance.title
        assert assistant_client.post(page(), data | {"_save": "Save"}).status_code == status
        post.refresh_from_db()
        assert post.title == title


def test_selected_records_are_deleted_where_each_may_be(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, "view", posts[:2])
    auth.add_permission(assistant, "delete", posts[0])
    for chosen, left in ((posts[:2], 4), (posts[:1], 3)):
        data = {"action": "delete_selected", "post": "yes"}
        assistant_client.post(page(), data | {"_selected_action": [post.pk for post in chosen]})
        assert Post.objects.count() == left


def test_a_grant_on_the_model_gives_all_of_it(
    assistant: Any, assistant_client: Client, posts: list[Post]
) -> None:
    auth.add_permission(assistant, ["view", "add", "change", "delete"], Post)
    assert listed(assistant_client) == ["first", "second", "third"]
    assert codes(assistant_client, posts[0]) == {"change": 200, "delete": 200, "history": 200}
    assert (
        assistant_client.post(page("add"), {"title": "fourth", "author": assistant.pk}).status_code
        == 302
    )


def test_a_superuser_sees_all_unless_the_project_has_them_need_grants(
    settings: Any, make_user: Callable[..., Any], client_for: Any, posts: list[Post]
) -> None:
    root = make_user(is_staff=True, is_superuser=True)
    assert listed(client_for(root)) == ["first", "second", "third"]
    settings.AUTHKIT = {**settings.AUTHKIT, "SUPERUSER_BYPASS": False}
    assert client_for(root).get(page()).status_code == 403
    auth.add_permission(root, "view", posts[1])
    assert listed(client_for(root)) == ["second"]


def test_uuids_are_keys_too(assistant: Any, assistant_client: Client) -> None:
    pictures = [Picture.objects.create() for _ in range(2)]
    auth.add_permission(assistant, "change", pictures[0])
    rows = assistant_client.get(page(model="picture")).context["cl"].result_list
    assert list(rows) == pictures[:1]
    assert assistant_client.get(page("change", pictures[0].pk, "picture")).status_code == 200


@pytest.mark.parametrize("model", [Session, Permission])
def test_a_model_that_nothing_points_at_has_no_page_by_grants(
    model: Any, assistant: Any, assistant_client: Client, settings: Any
) -> None:
    site = admin.AdminSite()
    site.register(model, PermittedModelAdmin)
    settings.ROOT_URLCONF = urls(path("admin/", include((site.get_urls(), "admin"))))
    label = model._meta.label_lower
    address = f"/admin/{label.replace('.', '/')}/"

    assert [assistant_client.get(at).status_code for at in ("/admin/", address)] == [200, 403]
    assert label.replace(".", "/") not in assistant_client.get("/admin/").content.decode()
    assert [error.id for error in site.get_model_admin(model).check()] == ["authkit.E107"]


def test_a_model_whose_keys_are_neither_has_grants_on_all_of_it(
    assistant: Any, assistant_client: Client, settings: Any
) -> None:
    site = admin.AdminSite()
    site.register(Language, PermittedModelAdmin)
    settings.ROOT_URLCONF = urls(path("admin/", include((site.get_urls(), "admin"))))
    assert site.get_model_admin(Language).check() == []
    Language.objects.create(code="de")
    assert assistant_client.get("/admin/blog/language/").status_code == 403
    auth.add_permission(assistant, "view", Language)
    statuses = [
        assistant_client.get(f"/admin/blog/language/{at}").status_code for at in ("", "de/change/")
    ]
    assert statuses == [200, 200]


def test_the_page_that_deletes_tells_how_many_grants_go_along_and_not_whose(
    assistant: Any, assistant_client: Client, posts: list[Post], make_group: Callable[..., Any]
) -> None:
    costs = []
    for post, number in ((posts[0], 2), (posts[1], 40)):
        auth.add_permission(assistant, "delete", post)
        groups = [make_group() for _ in range(number)]
        auth.add_permission(groups, "write", post)
        Tag.objects.add("topics", post, "a/b")
        with CaptureQueriesContext(connection) as queries:
            response = assistant_client.get(page("delete", post.pk))
        costs.append(len(queries))
        text = response.content.decode()
        assert not any(group.name in text for group in groups)
        assert "write" not in text
        counts = {str(name): count for name, count in response.context["model_count"]}
        assert counts == {"posts": 1, "permissions": number + 1, "tags": 1}
    assert costs[1] <= costs[0]
    assert assistant_client.post(page("delete", posts[1].pk), {"post": "yes"}).status_code == 302
    assert Permission.objects.filter(object_id=posts[0].pk).count() == 3
    assert not Permission.objects.filter(object_id=posts[1].pk).exists()
