"""What is no target: wrong keys, unsaved and deleted records, None, unknown models."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from authkit.models.targets import NIL
from tests.authz.conftest import Twins
from tests.blog.models import Picture, Post

pytestmark = pytest.mark.django_db

KEY = uuid.UUID(int=5)


NO_KEYS = [
    (Post, key)
    for key in [None, 0, "0", True, False, "", "5 ", " 5", "05", "+5", "5.0", 5.0, "٥", b"5"]
]
NO_KEYS += [(Post, key) for key in [2**63, "9" * 19, KEY, str(KEY), [], "x", "5\0"]]
NO_KEYS += [
    (Picture, key)
    for key in [None, NIL, str(NIL), 5, "5", KEY.hex, str(KEY).replace("-", "A"), f"{{{KEY}}}", ""]
]


@pytest.mark.parametrize(("model", "key"), NO_KEYS)
def test_a_key_is_exact_or_an_error(
    auth: Twins, user: Any, group: Any, model: Any, key: Any
) -> None:
    auth.add_permission(group, "write", model)
    for verb in (auth.has_permission, auth.explain):
        with pytest.raises(ValueError, match="primary key|no record"):
            verb("write", model, key, user=user)
    for verb in (auth.users_with, auth.groups_with):
        with pytest.raises(ValueError, match="primary key|no record"):
            verb("write", model, key)
    if key != []:
        for verb in (auth.add_permission, auth.remove_permission):
            with pytest.raises(ValueError, match="primary key|no record"):
                verb(group, "write", model, key)
            with pytest.raises(ValueError, match="primary key|no record"):
                verb(group, "write", model, [key])


@pytest.mark.parametrize("record", [Post(), Post(pk=5), Picture(), Picture(pk=KEY)])
def test_an_unsaved_record_is_an_error(auth: Twins, user: Any, group: Any, record: Any) -> None:
    for arguments_ in ((record,), (type(record), record)):
        with pytest.raises(ValueError, match="unsaved"):
            auth.has_permission("write", *arguments_, user=user)
        with pytest.raises(ValueError, match="unsaved"):
            auth.add_permission(group, "write", *arguments_)
    with pytest.raises(ValueError, match="unsaved"):
        auth.check_many("write", [record], user=user)


def test_a_deleted_record_is_an_error(auth: Twins, user: Any, group: Any) -> None:
    post = Post.objects.create()
    auth.add_permission(group, "write", post)
    post.delete()

    with pytest.raises(ValueError, match="unsaved"):
        auth.has_permission("write", post, user=user)


def test_none_is_no_target(auth: Twins, user: Any, group: Any) -> None:
    for verb in (auth.has_permission, auth.explain):
        with pytest.raises(ValueError, match="None is no target"):
            verb("write", None, user=user)
    with pytest.raises(TypeError, match="A target is"):
        auth.has_any_permission("write", None, user=user)
    for verb in (auth.add_permission, auth.remove_permission):
        with pytest.raises(ValueError, match="None is no target"):
            verb(group, "write", None)


@pytest.mark.parametrize("target", ["blog.Nothing", "nothing.Post", "post", "", "blog.Post.x"])
def test_an_unknown_model_is_an_error(auth: Twins, user: Any, group: Any, target: str) -> None:
    for call in (
        lambda: auth.has_permission("write", target, user=user),
        lambda: auth.has_any_permission("write", target, user=user),
        lambda: auth.add_permission(group, "write", target),
        lambda: auth.remove_permission(group, "write", target, 5),
    ):
        with pytest.raises(LookupError):
            call()


@pytest.mark.parametrize(
    "label",
    ["sessions.Session", "contenttypes.ContentType", "admin.LogEntry", "authkit.Permission"],
)
def test_what_is_not_to_be_targeted_is_an_error(
    auth: Twins, user: Any, group: Any, label: str
) -> None:
    for call in (
        lambda: auth.has_permission("write", label, user=user),
        lambda: auth.add_permission(group, "write", label),
    ):
        with pytest.raises(LookupError, match="UNTARGETABLE_MODELS"):
            call()


@pytest.mark.parametrize("target", [5, b"blog.Post", object(), int])
def test_anything_else_is_no_target(auth: Twins, user: Any, group: Any, target: Any) -> None:
    with pytest.raises(TypeError, match="A target is"):
        auth.has_permission("write", target, user=user)
    with pytest.raises(TypeError, match="A target is"):
        auth.add_permission(group, "write", target)
