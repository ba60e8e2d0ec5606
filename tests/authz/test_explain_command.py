"""``manage.py authkit_explain``"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from authkit import auth
from authkit.authz.asking import find_user
from tests.authz.commands import run
from tests.blog.models import Picture, Post


def explain(*args: object) -> tuple[int, list[str]]:
    return run("authkit_explain", *args)


@pytest.fixture
def writer(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> Any:
    user = make_user(email="ada@example.com", username="ada")
    make_group("writers", user)
    return user


def test_yes_tells_every_path(writer: Any) -> None:
    post = Post.objects.create()
    auth.add_permission("writers", "write", Post)
    friday = timezone.now() + timedelta(days=3)
    auth.add_permission(writer, "write", post, expires_at=friday)
    code, lines = explain("ada", "write", f"blog.Post:{post.pk}")
    assert code == 0
    assert lines[0] == f"yes: {writer}, 'write' on blog.Post:{post.pk}"
    assert sorted(lines[1:]) == [
        "  because the group writers has 'write' on blog.post",
        f"  because their own group has 'write' on blog.post {post.pk} "
        f"until {friday:%Y-%m-%d %H:%M}",
    ]


def test_no_tells_what_is_missing(writer: Any, make_group: Callable[..., Any]) -> None:
    assert explain("ada", "ban_users") == (
        1,
        [
            f"no: {writer}, 'ban_users'",
            "  missing: a grant of 'ban_users' to the user or a group of theirs: "
            "no shared group has it there",
        ],
    )
    auth.add_permission(make_group("admins"), "ban_users")
    code, lines = explain("ada", "ban_users")
    assert (code, "admins" in lines[1]) == (1, True)
    writer.block()
    assert explain("ada", "ban_users")[1][1] == "  missing: an active account"


@pytest.mark.parametrize("target", ["blog.Post", "blog.Draft", "blog.post"])
def test_a_grant_on_a_model_answers_for_it(target: str, writer: Any) -> None:
    auth.add_permission("writers", "write", Post)
    assert explain("ada", "write", target)[0] == 0
    assert explain("ada", "write", "blog.Review")[0] == 1
    assert explain("ada", "write")[0] == 1


def test_a_record_with_a_uuid_is_named_by_it(writer: Any) -> None:
    picture = Picture.objects.create()
    auth.add_permission("writers", "see", picture)
    assert explain("ada", "see", f"blog.Picture:{picture.pk}")[0] == 0
    assert explain("ada", "see", "blog.Picture")[0] == 1


def test_a_superuser_is_told_as_such(make_user: Callable[..., Any]) -> None:
    root = make_user(is_superuser=True)
    assert explain(root.pk, "anything") == (
        0,
        [f"yes: {root}, 'anything'", "  because an active superuser may do everything"],
    )


def test_a_user_is_named_in_any_spelling_and_a_name_goes_before_a_key(
    writer: Any, make_user: Callable[..., Any]
) -> None:
    for text in ("ada", "ADA", "Ada@Example.com", " ada ", str(writer.pk)):
        assert find_user(text) == writer
    namesake = make_user(username=str(writer.pk) + "00")
    assert find_user(namesake.username) == namesake


@pytest.mark.parametrize("text", ["", "nobody", "0", "999999999999999999999", "05", "a\x00b"])
def test_an_unknown_user_is_an_error(text: str, writer: Any) -> None:
    with pytest.raises(CommandError, match="Nobody has") as error:
        explain(text, "write")
    assert error.value.returncode == 2


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("Post", "blog.Post|label"),
        ("blog.Nothing", "Nothing"),
        ("shop.Price", "shop"),
        ("blog.Post:", "key"),
        ("blog.Post:05", "key"),
        ("blog.Post:0", "key"),
        ("blog.Post:999999", "no blog.Post with the key '999999'"),
        (f"blog.Picture:{uuid.UUID(int=5)}", "no blog.Picture with the key"),
        ("blog.Language:de", "UUID"),
        ("sessions.Session", "UNTARGETABLE"),
        ("authkit.Membership:1", "UNTARGETABLE"),
    ],
)
def test_what_cannot_be_a_target_is_an_error(target: str, words: str, writer: Any) -> None:
    with pytest.raises(CommandError, match=words) as error:
        explain("ada", "write", target)
    assert error.value.returncode == 2
