"""Names that are easily misspelt: an error says what is wrong, or a warning."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from authkit import auth as facade
from authkit.models import Group
from tests.authz.conftest import Twins
from tests.blog.models import Picture, Post

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", [b"read", gettext_lazy("read"), None])
def test_what_is_no_text_is_no_list_of_letters(auth: Twins, group: Group, name: Any) -> None:
    for call in (
        lambda: auth.add_permission(group, name),
        lambda: auth.remove_permission(group, name),
        lambda: auth.check_many(name, [Post.objects.create()], group=group),
    ):
        with pytest.raises(TypeError, match="string"):
            call()


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "at least 1 character"), ("x" * 101, "at most 100"), ("a\0", "Control characters")],
)
def test_an_error_tells_what_is_wrong_with_a_name(
    auth: Twins, group: Group, name: str, said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        auth.add_permission(group, name)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("blog.change_post", ()),
        ("blog.change_post", (Post,)),
        ("change_post", (Post,)),
        ("change_post", (Post, 5)),
        ("change_picture", ([Post, Picture],)),
    ],
)
def test_a_name_as_django_spells_it_is_warned_of(
    auth: Twins, group: Group, name: str, target: Any
) -> None:
    with pytest.warns(UserWarning, match="name the right alone, 'change', and the model"):
        auth.add_permission(group, name, *target)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("change", (Post,)),
        ("change_post", ()),
        ("change_post", (Picture,)),
        ("post", (Post,)),
        ("_post", (Post,)),
        ("blog.publish", ()),
        ("shop.change_price", ()),
    ],
)
def test_no_other_name_is_warned_of(auth: Twins, group: Group, name: str, target: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        auth.add_permission(group, name, *target)


def test_the_warning_points_at_the_call(group: Group) -> None:
    with pytest.warns(UserWarning, match="spelled") as found:
        facade.add_permission(group, "change_post", Post)
    assert found[0].filename == __file__
