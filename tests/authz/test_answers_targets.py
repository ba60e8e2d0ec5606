"""What is asked about: capabilities, models and records, and keys that are none."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import pytest
from django.db.models import Model

from tests.authz.conftest import Twins
from tests.blog.models import Draft, Entry, Picture, Post, Review

pytestmark = pytest.mark.django_db

KEY = uuid.UUID(int=5)


@pytest.fixture
def records(db: None) -> dict[str, Any]:
    """Records of every kind by a name each."""
    review = Review.objects.create(pk=7)
    return {
        "post": Post.objects.create(pk=5),
        "other": Post.objects.create(pk=6),
        "draft": Draft.objects.get(pk=5),
        "review": review,
        "parent": Post.objects.get(pk=7),
        "entry": Entry.objects.create(pk=5),
        "picture": Picture.objects.create(pk=KEY),
    }


MODELS = {"Post": Post, "Draft": Draft, "Review": Review, "Entry": Entry, "Picture": Picture}
RECORDS = ("post", "other", "draft", "review", "parent", "entry", "picture")

# What a grant on the key of this table covers besides itself.
COVERED = {
    "capability": set(),
    "Post": {"Draft", "post", "other", "draft", "parent"},
    "Draft": {"Post", "post", "other", "draft", "parent"},
    "Review": {"review"},
    "Entry": {"entry"},
    "Picture": {"picture"},
    "post": {"draft"},
    "draft": {"post"},
    "other": set(),
    "review": set(),
    "parent": set(),
    "entry": set(),
    "picture": set(),
}


def arguments(kind: str, records: dict[str, Any]) -> tuple[Any, ...]:
    if kind == "capability":
        return ()
    return (MODELS[kind] if kind in MODELS else records[kind],)


@pytest.mark.parametrize("granted", COVERED)
def test_a_grant_covers_what_shares_its_table_and_key_and_no_more(
    auth: Twins, user: Any, group: Any, records: dict[str, Any], granted: str
) -> None:
    auth.add_permission(group, "write", *arguments(granted, records))
    expected = {granted, *COVERED[granted]}

    for holder in ({"user": user}, {"user": user.pk}, {"group": group}, {"group": "writers"}):
        assert {
            kind
            for kind in COVERED
            if auth.has_permission("write", *arguments(kind, records), **holder)
        } == expected
        assert {kind for kind in RECORDS if _in_list(auth, records[kind], holder)} == (
            expected & set(RECORDS)
        )
        assert not auth.has_permission("read", *arguments(granted, records), **holder)
    assert {
        kind for kind in COVERED if user in auth.users_with("write", *arguments(kind, records))
    } == expected
    assert {
        kind for kind in COVERED if group in auth.groups_with("write", *arguments(kind, records))
    } == expected
    assert {
        kind
        for kind in COVERED
        if auth.explain("write", *arguments(kind, records), user=user).allowed
    } == expected


def _in_list(auth: Twins, record: Any, holder: dict[str, Any]) -> bool:
    listed = record in auth.permitted(type(record), "write", **holder)
    checked = auth.check_many("write", [record], **holder)["write", record.pk]
    assert listed == checked
    return listed


@pytest.mark.parametrize("granted", COVERED)
def test_some_record_is_a_question_of_its_own(
    auth: Twins, user: Any, group: Any, records: dict[str, Any], granted: str
) -> None:
    auth.add_permission(group, "write", *arguments(granted, records))
    target = arguments(granted, records)
    own = {type(each) if isinstance(each, Model) else each for each in target}
    expected = {
        name for name, model in MODELS.items() if {m._meta.concrete_model for m in own} & {model}
    }
    if "Post" in expected:
        expected.add("Draft")

    for holder in ({"user": user}, {"user": user.pk}, {"group": group}):
        found = {
            name
            for name, model in MODELS.items()
            if auth.has_any_permission("write", model, **holder)
        }
        assert found == expected
    assert not auth.has_any_permission("read", Post, user=user)


@pytest.mark.parametrize(
    "target", [("blog.Post", 5), (Post, 5), (Post, "5"), ("blog.post", "5"), ("blog.Draft", 5)]
)
def test_a_record_is_named_by_its_model_and_key(
    auth: Twins, user: Any, group: Any, records: dict[str, Any], target: tuple[Any, Any]
) -> None:
    auth.add_permission(group, "write", *target)

    assert auth.has_permission("write", records["post"], user=user)
    assert auth.has_permission("write", Post, records["post"], user=user)
    assert auth.has_permission("write", Draft, records["post"], user=user)
    assert not auth.has_permission("write", Post, 6, user=user)
    assert not auth.has_permission("write", "blog.Post", user=user)
    assert auth.remove_permission(group, "write", records["post"]) == 1


@pytest.mark.parametrize("key", [KEY, str(KEY)])
def test_a_uuid_is_a_key_as_well(auth: Twins, user: Any, group: Any, key: Any) -> None:
    auth.add_permission(group, "write", Picture, key)

    assert auth.has_permission("write", Picture, KEY, user=user)
    assert not auth.has_permission("write", Picture, uuid.UUID(int=6), user=user)
    assert not auth.has_permission("write", Picture, user=user)


@pytest.mark.parametrize(("model", "key"), [(Post, 999999), (Picture, uuid.uuid4())])
def test_whether_a_record_exists_is_no_part_of_the_question(
    auth: Twins, user: Any, group: Any, model: Any, key: Any
) -> None:
    auth.add_permission(group, "write", model)

    assert auth.has_permission("write", model, key, user=user)
    assert auth.has_permission("write", model, key, user=user.pk)
    assert auth.explain("write", model, key, user=user).allowed
    assert [*auth.users_with("write", model, key)] == [user]


def test_a_record_of_another_model_is_an_error(
    auth: Twins, user: Any, group: Any, records: dict[str, Any]
) -> None:
    wrong = [(Post, records[kind]) for kind in ("review", "entry", "picture")]
    for target in [*wrong, (Review, records["parent"]), ("blog.Review", records["draft"])]:
        for call in (
            partial(auth.has_permission, "write", *target, user=user),
            partial(auth.explain, "write", *target, user=user),
            partial(auth.users_with, "write", *target),
            partial(auth.groups_with, "write", *target),
            partial(auth.add_permission, group, "write", *target),
            partial(auth.remove_permission, group, "write", *target),
        ):
            with pytest.raises(ValueError, match="no record of"):
                call()


def test_a_model_of_the_same_name_in_another_app_is_another(
    auth: Twins, user: Any, group: Any
) -> None:
    auth.add_permission(group, "write", "authkit.Group")
    auth.add_permission(group, "read", Post)

    assert not user.has_perm("auth.write_group")
    assert user.has_perm("authkit.write_group")
    assert not user.has_perm("authkit.read_post")


def test_check_many_asks_for_records_of_one_model(
    auth: Twins, user: Any, records: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="several models"):
        auth.check_many("write", [records["post"], records["entry"]], user=user)
    with pytest.raises(TypeError, match="A list is"):
        auth.permitted([records["post"]], "write", user=user)
