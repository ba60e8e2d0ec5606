"""The framework's own classes of permissions, answered by authkit's backend."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.permissions import (
    DjangoModelPermissions,
    DjangoModelPermissionsOrAnonReadOnly,
    DjangoObjectPermissions,
)

from authkit import auth
from tests.api.views import OpenPosts, asked, router_of
from tests.authz.views import urls
from tests.blog.models import Post

pytestmark = pytest.mark.django_db

LIST, RECORD = "/posts/", "/posts/{pk}/"
REQUESTS = {
    "list": ("get", LIST),
    "options": ("options", LIST),
    "add": ("post", LIST),
    "read": ("get", RECORD),
    "head": ("head", RECORD),
    "write": ("put", RECORD),
    "patch": ("patch", RECORD),
    "delete": ("delete", RECORD),
    "missing": ("get", "/posts/0/"),
}
ALL = dict(zip(REQUESTS, (200, 200, 201, 200, 200, 200, 200, 204, 404), strict=True))
READ = {**ALL, **dict.fromkeys(("add", "write", "patch", "delete"), 403)}
ANONYMOUS = dict.fromkeys(REQUESTS, 401)


def answers(client: Client, request: str, permissions: Any, settings: Any, post: Any) -> int:
    """The status of the answer to the *request* about *post* under these *permissions*."""

    class Guarded(OpenPosts):
        permission_classes = [permissions]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Guarded))))
    method, address = REQUESTS[request]
    return asked(client, method, address.format(pk=post.pk))


class ByView(DjangoModelPermissions):
    """Also for looking there has to be a right."""

    perms_map = {**DjangoModelPermissions.perms_map, "GET": ["%(app_label)s.view_%(model_name)s"]}


class RecordsOnly(DjangoObjectPermissions):
    """The rights of a record are asked; the model is open to whoever is logged in."""

    perms_map = {method: [] for method in DjangoObjectPermissions.perms_map}

    def get_required_object_permissions(self, method: str, model_cls: Any) -> list[str]:
        return DjangoObjectPermissions().get_required_object_permissions(method, model_cls)


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(
    ("permissions", "names", "expected"),
    [
        (DjangoModelPermissions, [], READ),
        (DjangoModelPermissions, ["add"], {**READ, "add": 201}),
        (DjangoModelPermissions, ["change"], {**READ, "write": 200, "patch": 200}),
        (DjangoModelPermissions, ["delete"], {**READ, "delete": 204}),
        (DjangoModelPermissions, ["add", "change", "delete"], ALL),
        (ByView, [], {**READ, **dict.fromkeys(("list", "read", "missing"), 403)}),
        (ByView, ["view"], READ),
        (DjangoObjectPermissions, ["add", "change", "delete"], ALL),
        (DjangoObjectPermissions, ["change"], {**READ, "write": 200, "patch": 200}),
    ],
)
def test_a_grant_on_the_model_is_what_the_framework_asks_for(
    request_: str,
    permissions: Any,
    names: list[str],
    expected: dict[str, int],
    user: Any,
    client_for: Any,
    settings: Any,
) -> None:
    post = Post.objects.create()
    auth.add_permission(user, names, Post)

    found = answers(client_for(user), request_, permissions, settings, post)

    assert found == expected[request_]


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(
    ("names", "on_other", "expected"),
    [
        ([], [], {**ALL, **dict.fromkeys(("write", "patch", "delete"), 403)}),
        (["change"], [], {**ALL, "delete": 403}),
        (["change", "delete"], [], ALL),
        ([], ["change", "delete"], {**ALL, **dict.fromkeys(("write", "patch", "delete"), 403)}),
    ],
)
def test_a_grant_on_a_record_is_for_that_record(
    request_: str,
    names: list[str],
    on_other: list[str],
    expected: dict[str, int],
    user: Any,
    client_for: Any,
    settings: Any,
) -> None:
    post, other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, names, post)
    auth.add_permission(user, on_other, other)

    found = answers(client_for(user), request_, RecordsOnly, settings, post)

    assert found == expected[request_]


class Hidden(RecordsOnly):
    """Who may not view a record is not told that it is there."""

    def get_required_object_permissions(self, method: str, model_cls: Any) -> list[str]:
        asked_for = super().get_required_object_permissions(method, model_cls)
        return asked_for or ["blog.view_post"]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], {"read": 404, "patch": 404, "delete": 404}),
        (["view"], {"read": 200, "patch": 403, "delete": 403}),
        (["view", "change"], {"read": 200, "patch": 200, "delete": 403}),
        (["change"], {"read": 404, "patch": 200, "delete": 404}),
    ],
)
@pytest.mark.parametrize("request_", ["read", "patch", "delete"])
def test_a_record_that_may_not_be_viewed_is_missing(
    request_: str,
    names: list[str],
    expected: dict[str, int],
    user: Any,
    client_for: Any,
    settings: Any,
) -> None:
    post = Post.objects.create()
    auth.add_permission(user, names, post)

    assert answers(client_for(user), request_, Hidden, settings, post) == expected[request_]


@pytest.mark.parametrize("request_", ["write", "patch", "delete"])
@pytest.mark.parametrize("permissions", [DjangoModelPermissions, DjangoObjectPermissions])
def test_a_grant_on_a_record_is_none_on_the_model(
    request_: str, permissions: Any, user: Any, client_for: Any, settings: Any
) -> None:
    # The framework asks for the model before it asks for the record.
    post = Post.objects.create()
    auth.add_permission(user, ["add", "change", "delete"], post)

    assert answers(client_for(user), request_, permissions, settings, post) == 403


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(
    ("permissions", "expected"),
    [
        (DjangoModelPermissions, ANONYMOUS),
        (DjangoObjectPermissions, ANONYMOUS),
        (
            DjangoModelPermissionsOrAnonReadOnly,
            {**ALL, **dict.fromkeys(("add", "write", "patch", "delete"), 401)},
        ),
    ],
)
def test_a_stranger_is_asked_to_log_in(
    request_: str, permissions: Any, expected: dict[str, int], settings: Any
) -> None:
    found = answers(Client(), request_, permissions, settings, Post.objects.create())

    assert found == expected[request_]


@pytest.mark.parametrize("permissions", [DjangoModelPermissions, DjangoObjectPermissions])
def test_what_has_been_taken_back_is_refused_and_so_is_a_disabled_user(
    permissions: Any, user: Any, client_for: Any, settings: Any
) -> None:
    post = Post.objects.create()
    client = client_for(user)
    auth.add_permission(user, "change", Post)
    assert answers(client, "patch", permissions, settings, post) == 200
    auth.remove_permission(user, "change", Post)
    assert answers(client, "patch", permissions, settings, post) == 403
    user.disable()
    assert answers(client, "list", permissions, settings, post) == 401
