"""Every fault of a policy file is told, and nothing is written."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from authkit import auth
from authkit.models import Group
from tests.blog.models import Post

from .policies import stored


def test_it_is_read_from_standard_input(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('[[groups]]\nname = "editors"'))
    call_command("authkit_sync", "-")
    assert Group.objects.get().name == "editors"


WRONG = [
    ("groups = 5", "groups is a list"),
    ("[[group]]", "Unknown: group"),
    ("not toml", "no TOML"),
    ("groups = [5]", "no table"),
    ("[[groups]]", "has a name"),
    ("[[groups]]\nname = ''", "blank"),
    ('[[groups]]\nname = "a\\u0000"', "no database stores"),
    (f"[[groups]]\nname = '{'x' * 256}'", "255"),
    ("[[groups]]\nname = 'x'\nmembers = []", "Unknown: members"),
    ("[[groups]]\nname = 'x'\ndescription = 5", "text"),
    ("[[groups]]\nname = 'x'\n[[groups]]\nname = 'x'", "twice"),
    ("[[groups]]\nname = 'x'\ngrants = 'read'", "grants is a list"),
]
WRONG_GRANTS = [
    ("5", "no table"),
    ("''", "character|blank|allowed"),
    ("{ model = 'blog.Post' }", "name of a permission"),
    ("{ name = 'x', on = 'blog.Post' }", "Unknown: on"),
    ("{ name = 'x', record = 5 }", "Name the model"),
    ("{ name = 'x', model = 5 }", "label"),
    ("{ name = 'x', model = 'Post' }", "label"),
    ("{ name = 'x', model = 'blog.Nothing' }", "Nothing"),
    ("{ name = 'x', model = 'authkit.Permission' }", "UNTARGETABLE"),
    ("{ name = 'x', model = 'blog.Post', record = 4711 }", "no blog.Post with the key 4711"),
    ("{ name = 'x', model = 'blog.Post', record = true }", "no primary key"),
    ("{ name = 'x', model = 'blog.Post', record = '05' }", "no primary key"),
    ("{ name = 'x', model = 'blog.Post', record = ['a'] }", "no natural keys"),
    ("{ name = 'x', model = 'blog.Language', record = 'de' }", "neither an integer nor a UUID"),
    ("{ name = 'x', model = 'authkit.Group', record = ['nobody'] }", "no authkit.Group"),
    ("{ name = 'x', model = 'authkit.Group', record = 'nobody' }", "no authkit.Group 'nobody'"),
    ("{ name = 'x', model = 'authkit.User', record = '1' }", "no authkit.User '1'"),
    ("{ name = 'x', model = 'authkit.Group', record = ['a', 'b'] }", "argument"),
    ("{ name = 'x', expires_at = 2100-01-01 }", "offset"),
    ("{ name = 'x', expires_at = 2100-01-01T00:00:00 }", "offset"),
    ("'x', { name = 'x' }", "twice"),
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *WRONG,
        *[(f"[[groups]]\nname = 'x'\ngrants = [{grant}]", words) for grant, words in WRONG_GRANTS],
    ],
)
@pytest.mark.parametrize("option", ["--check", "--prune"])
def test_what_is_wrong_is_told_and_nothing_is_written(
    text: str, words: str, option: str, policy: Any, sync_policy: Any
) -> None:
    before = stored()
    good = '[[groups]]\nname = "good"\n' if text.startswith("[[groups]]") else ""
    with pytest.raises(CommandError, match=words) as error:
        sync_policy(good + text, option)
    assert error.value.returncode == 2
    assert stored() == before
    assert not Group.objects.filter(name__in=["good", "x"]).exists()


def test_every_fault_is_told_at_once(db: None, sync_policy: Any) -> None:
    text = """
        [[groups]]
        name = "editors"
        grants = ["read", { name = "x", model = "blog.Nothing" }, { name = "y", record = 5 }]
        [[groups]]
        name = 5
    """
    with pytest.raises(CommandError) as error:
        sync_policy(text)
    places = [line.split(": ")[0] for line in str(error.value).splitlines()]
    assert places == [
        "groups[1] 'editors', grants[2]",
        "groups[1] 'editors', grants[3]",
        "groups[2]",
    ]


def test_a_fault_at_the_top_hides_no_other(db: None, sync_policy: Any, policy_file: Path) -> None:
    text = """
        group = "editors"
        [[groups]]
        name = "editors"
        members = ["ada"]
        grants = [{ name = "x", model = "blog.Nothing" }]
    """
    with pytest.raises(CommandError) as error:
        sync_policy(text)
    places = [line.rsplit(": ", 1)[0] for line in str(error.value).splitlines()]
    assert [place.split(": ")[0] for place in places] == [
        str(policy_file),
        "groups[1]",
        "groups[1] 'editors', grants[1]",
    ]


def test_the_name_of_somebodys_own_group_is_refused(user: Any, sync_policy: Any) -> None:
    auth.add_permission(user, "write", Post)
    before = stored()
    with pytest.raises(CommandError, match="single person"):
        sync_policy(f"[[groups]]\nname = '{user.auth_own_group.name}'")
    assert stored() == before


def test_a_missing_file_is_an_error(db: None, policy_file: Path) -> None:
    with pytest.raises(CommandError, match="No such file") as error:
        call_command("authkit_sync", str(policy_file))
    assert error.value.returncode == 2
    with pytest.raises(CommandError, match="No such file"):
        call_command("authkit_export", str(policy_file.parent / "no" / "file"))


@pytest.mark.django_db
def test_a_natural_key_is_not_the_number_that_looks_like_it(
    sync_policy: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    first = make_group("first")
    second = make_group(str(first.pk))

    sync_policy(
        f"""
        [[groups]]
        name = "staff"
        grants = [
            {{name = "by name", model = "authkit.Group", record = "{first.pk}"}},
            {{name = "by number", model = "authkit.Group", record = {first.pk}}},
        ]
        """
    )

    assert auth.has_permission("by name", second, group="staff")
    assert auth.has_permission("by number", first, group="staff")


UNREADABLE = {
    "a long number": "x = " + "9" * 5000,
    "a deep list": "a = " + "[" * 100_000,
}
ODD = [
    '{name = "w", expires_at = 9999-12-31T23:59:59-01:00}',
    '{name = "w", model = "authkit.User", record = [["a"]]}',
    '{name = "w", model = "authkit.User", record = [1]}',
    '{name = "w", model = "authkit.User", record = [{a = 1}]}',
    '{name = "w", model = "authkit.User", record = []}',
    '{name = "w", model = "authkit.User", record = "a\\u0000"}',
    '{name = "w", model = "blog.Post", record = 99999999999999999999999}',
    '{name = "w", model = "blog.Post", record = nan}',
    '{name = "w", model = "blog.Post", record = {}}',
    '{name = "w", model = "blog.Picture", record = "x"}',
    '{name = "w", model = "\\u0000.x"}',
    "{name = 5}",
    '{name = "w", other = "\\u001b[2J"}',
    '{name = "w", "\\u001b[2J" = 5}',
]


@pytest.mark.parametrize(
    "text", [*UNREADABLE.values(), *(f'[[groups]]\nname = "g"\ngrants = [{odd}]' for odd in ODD)],
    ids=[*UNREADABLE, *ODD],
)  # fmt: skip
def test_whatever_a_file_holds_is_told_as_a_fault(db: None, text: str, sync_policy: Any) -> None:
    with pytest.raises(CommandError) as caught:
        sync_policy(text)
    assert caught.value.returncode == 2
    assert str(caught.value).replace("\n", "").isprintable()
    assert not Group.objects.exists()
