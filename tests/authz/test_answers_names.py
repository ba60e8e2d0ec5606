"""Names of permissions: free text, within limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from authkit.models import Group, Permission
from tests.authz.conftest import Twins
from tests.blog.models import Post

pytestmark = pytest.mark.django_db


BAD_NAMES = [
    "",
    "x" * 101,
    "a\0b",
    "a\nb",
    "\x1b[0m",
    "\x7f",
    "\x85",
    "a\u2028",
    "\ud800",
    "\udfff",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_no_permission_can_have_is_never_granted(
    auth: Twins, make_user: Callable[..., Any], group: Group, user: Any, name: str
) -> None:
    post, superuser = Post.objects.create(), make_user(is_superuser=True)
    for call in ((group, name), (group, [name, "ok"], Post), (user, name)):
        with pytest.raises(ValidationError):
            auth.add_permission(*call)
        assert auth.remove_permission(*call) == 0
    assert Permission.objects.count() == 0
    assert Group.objects.count() == 1

    for holder in ({"user": user}, {"user": user.pk}, {"user": superuser}, {"group": group}):
        assert not auth.has_permission(name, post, **holder)
        assert not auth.has_any_permission(name, Post, **holder)
        assert auth.check_many([name], [post], **holder) == {(name, post.pk): False}
        assert not auth.permitted(Post, name, **holder)
        assert not auth.explain(name, post, **holder)
    assert not auth.users_with(name, post)
    assert not auth.groups_with(name, post)


@pytest.mark.parametrize(
    "name", ["x", "x" * 100, "%s", "%", "'; --", "Écrire", "a b", "👍", "a ", "_"]
)
def test_any_other_text_is_granted_asked_for_and_revoked_by_its_exact_letters(
    auth: Twins, user: Any, group: Group, name: str
) -> None:
    post = Post.objects.create()
    auth.add_permission(group, name, post)

    for holder in ({"user": user}, {"user": user.pk}, {"group": group}, {"group": "writers"}):
        assert auth.has_permission(name, post, **holder)
        assert auth.has_any_permission(name, Post, **holder)
        assert auth.check_many([name], [post], **holder) == {(name, post.pk): True}
        assert [*auth.permitted(Post, name, **holder)] == [post]
        assert auth.explain(name, post, **holder)
        assert not auth.has_permission(name.swapcase() + "x"[: len(name) < 100], post, **holder)
    assert [*auth.users_with(name, post)] == [user]
    assert [*auth.groups_with(name, post)] == [group]
    assert auth.remove_permission(group, name, post) == 1


@pytest.mark.parametrize("name", [None, 5, b"write", True])
def test_a_name_is_text(auth: Twins, user: Any, group: Group, name: Any) -> None:
    for call in (
        lambda: auth.has_permission(name, user=user),
        lambda: auth.has_any_permission(name, Post, user=user),
        lambda: auth.check_many([name], [Post.objects.create()], user=user),
        lambda: auth.permitted(Post, name, user=user),
        lambda: auth.users_with(name),
        lambda: auth.add_permission(group, name),
        lambda: auth.remove_permission(group, name),
    ):
        with pytest.raises(TypeError, match="string"):
            call()
