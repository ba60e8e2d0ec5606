"""The verbs of the facade are documented as they are, and the how-tos of them work."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import Any

import pytest

from authkit import auth
from authkit.auth import Decision, Reason
from tests.blog.models import Post

from .pages import SHORT, first_names, names, reference, rows, section
from .test_how_to import executed

PAGE = reference("authorization")
SECTIONS = ["## Groups and memberships", "## Grants", "## Questions", "## Users"]
VERBS = {name: verb for name in auth.__all__ if inspect.isfunction(verb := getattr(auth, name))}


def shown(verb: Any) -> str:
    """*verb* as the page shows it: names and defaults."""
    signature = inspect.signature(verb)
    parameters = [
        each.replace(annotation=inspect.Parameter.empty) for each in signature.parameters.values()
    ]
    bare = signature.replace(parameters=parameters, return_annotation=signature.empty)
    return f"{verb.__name__}{bare}"


def test_every_verb_is_documented_with_its_arguments() -> None:
    documented = [name for part in SECTIONS for name in first_names(section(PAGE, part))]

    assert documented == [
        shown(VERBS[name]) for name in dict.fromkeys(call.split("(")[0] for call in documented)
    ]
    assert {call.split("(")[0] for call in documented} == set(VERBS)


def test_every_verb_has_the_twin_that_the_page_promises() -> None:
    twins = {f"a{name}" for name in VERBS}

    assert set(auth.__all__) == {*VERBS, *twins, "Decision", "Reason"} == set(dir(auth))
    for name in twins:
        assert inspect.iscoroutinefunction(getattr(auth, name).__call__)


# But the page about the frameworks whose own facade has this name.
@pytest.mark.parametrize("name", [name for name in SHORT if not name.endswith("/seeds.md")])
def test_a_page_calls_no_verb_that_is_not_there(name: str) -> None:
    called = set(re.findall(r"\bauth\.(\w+)\(", SHORT[name].read_text()))

    assert called <= set(auth.__all__)


def test_every_argument_is_explained() -> None:
    explained = {names(row[0])[0] for row in rows(section(PAGE, "## Arguments"))}
    taken = {name for verb in VERBS.values() for name in inspect.signature(verb).parameters}

    # What the table of the verb itself says.
    assert taken - explained == {"description", "names", "records", "rows"}
    assert explained <= taken


@pytest.mark.parametrize(("kind", "index"), [(Decision, 0), (Reason, 1)])
def test_every_field_of_an_explanation_is_documented(kind: Any, index: int) -> None:
    table = section(PAGE, "## A `Decision`").split("\n| field of a")[index]
    fields = [field.name for field in dataclasses.fields(kind)]

    assert [name for name in first_names(f"| field of a{table}") if name in fields] == fields


# What the how-tos show


SHARE, ONE = "docs/how-to/share-records.md", "docs/how-to/permissions-of-one-person.md"


@pytest.fixture
def post(make_user: Any) -> Any:
    return Post.objects.create(title="News", author=make_user())


def test_the_policy_of_the_how_to_lets_the_owner_pass(post: Any, user: Any, rf: Any) -> None:
    policy = executed(SHARE, "# blog/policy.py")
    auth.add_permission(user, "read", post)
    answers = {}
    for person in (post.author, user):
        request = rf.get("/")
        request.user = person
        answers[person] = [policy[name].holds(request, post) for name in ("MAY_READ", "MAY_WRITE")]

    assert answers == {post.author: [True, True], user: [True, False]}


def test_the_list_of_the_how_to_is_one_query(
    post: Any, user: Any, django_assert_num_queries: Any
) -> None:
    readable = executed(SHARE, "# blog/lists.py")["readable"]
    own = Post.objects.create(author=user)
    Post.objects.create(author=post.author)
    auth.add_permission(user, "read", post)

    rows = readable(user).order_by("pk")
    with django_assert_num_queries(1):
        assert list(rows) == [post, own]


@pytest.mark.parametrize("as_group", [True, False])
def test_what_the_how_to_shares_it_takes_back(
    post: Any, user: Any, make_group: Any, *, as_group: bool
) -> None:
    module = executed(SHARE, "# blog/sharing.py")
    holder = make_group("readers", user) if as_group else user

    def may() -> list[bool]:
        return [auth.has_permission(name, post, user=user) for name in ("read", "write")]

    found = []
    for right, days in (("write", None), ("read", 7), ("read", -1)):
        module["share"](post, holder, right, days)
        found.append(may())
    assert found == [[True, True], [True, False], [False, False]]
    module["share"](post, holder, "write")
    assert module["take_back"](post, holder) == 2
    assert may() == [False, False]


def test_the_how_to_tells_who_may_read_and_why(post: Any, user: Any, make_group: Any) -> None:
    module = executed(SHARE, "# blog/who.py")
    readers, editors = make_group("readers", user), make_group("editors")
    auth.add_permission(readers, "read", post)
    auth.add_permission(editors, "read", Post)

    assert list(module["shared_with"](post)) == [readers]
    ((reader, (reason,)),) = module["readers"](post).items()
    assert (reader, str(reason)) == (
        user,
        f"the group readers has 'read' on blog.post {post.pk}",
    )


def test_the_how_to_gives_lists_and_explains_the_rights_of_one_person(post: Any, user: Any) -> None:
    module = executed(ONE, "# people/rights.py")
    why = executed(ONE, "# people/why.py")["why"]
    rights = executed(ONE, "# people/everything.py")["rights"]
    module["let_write"](user, post)
    own = f"user_{user.pk}"

    assert rights(user) == [f"{own}: write blog.post {post.pk}"]
    assert why(user, "write", post) == [f"their own group has 'write' on blog.post {post.pk}"]
    assert module["let_nobody_else"](user) == 1
    assert (rights(user), why(user, "write", post)) == (
        [],
        ["a grant of 'write' to the user or a group of theirs: no shared group has it there"],
    )
    module["let_write"](user, post)
    assert auth.delete_group(own) == 1
    assert rights(user) == []
