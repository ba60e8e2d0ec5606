"""``authkit_export`` and ``authkit_sync``: groups and their grants as a file."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from authkit import auth
from authkit.models import Event, Group, Membership, Permission
from authkit.models.targets import NIL
from tests.blog.models import Picture, Post

PAST = timezone.now() - timedelta(days=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


@pytest.fixture
def sync(file: Path) -> Callable[..., tuple[int, list[str]]]:
    """A function that syncs a text, or the file as it is: the exit code and the lines."""

    def run(text: str | None, *options: str) -> tuple[int, list[str]]:
        if text is not None:
            file.write_text(text, encoding="utf-8")
        out = StringIO()
        try:
            call_command("authkit_sync", str(file), *options, stdout=out)
        except SystemExit as error:
            return int(error.code or 0), out.getvalue().splitlines()
        return 0, out.getvalue().splitlines()

    return run


def export() -> str:
    out = StringIO()
    call_command("authkit_export", stdout=out)
    return out.getvalue()


def stored() -> set[Any]:
    rows = Permission.objects.select_related("group")
    return {(row.group.name, row.name, row.target, row.expires_at) for row in rows}


@pytest.fixture
def policy(make_group: Callable[..., Any], user: Any) -> Any:
    """Grants of every kind."""
    editors, admins = make_group("editors", user, description="Who write\n“things”"), make_group()
    post, picture = Post.objects.create(), Picture.objects.create()
    for target in (Post, post, picture):
        auth.add_permission(editors, "write", target)
    auth.add_permission(admins, ["ban_users", "édite ∀"])
    auth.add_permission(admins, "manage", editors)
    auth.add_permission(admins, "change", user, expires_at=timezone.now() + timedelta(days=9))
    auth.add_permission(admins, "former", expires_at=PAST)
    return editors


def test_the_file_is_made_to_be_read(make_group: Callable[..., Any], user: Any, file: Path) -> None:
    editors, post = make_group("editors", user, description="Write"), Post.objects.create()
    auth.add_permission(editors, ["write", "read"], Post)
    auth.add_permission(editors, "write", post)
    auth.add_permission(editors, "manage", editors)
    auth.add_permission(editors, "ban_users")
    auth.add_permission(user, "own")
    call_command("authkit_export", str(file))
    assert file.read_text() == export()
    assert file.read_text() == (
        "[[groups]]\n"
        'name = "editors"\n'
        'description = "Write"\n'
        "grants = [\n"
        '    { name = "ban_users" },\n'
        '    { name = "manage", model = "authkit.Group", record = "editors" },\n'
        '    { name = "read", model = "blog.Post" },\n'
        '    { name = "write", model = "blog.Post" },\n'
        f'    {{ name = "write", model = "blog.Post", record = {post.pk} }},\n'
        "]\n"
    )


def test_what_was_exported_is_no_difference(policy: Any, sync: Any, file: Path) -> None:
    call_command("authkit_export", str(file))
    for options in ([], ["--check"], ["--check", "--prune"], ["--prune"]):
        assert sync(None, *options) == (0, ["no difference"])
    assert Permission.objects.count() == 8


def test_it_comes_back_whole(policy: Any, sync: Any, file: Path) -> None:
    call_command("authkit_export", str(file))
    before = {row for row in stored() if row[1] != "former"}
    names = {(group.name, group.description) for group in Group.objects.all()}
    Permission.objects.exclude(target_key=0).delete()
    Group.objects.exclude(pk=policy.pk).delete()
    Group.objects.filter(pk=policy.pk).update(description="")
    code, lines = sync(None, "--check")
    assert (code, len(lines)) == (1, 9)
    assert not Permission.objects.exists()
    assert sync(None) == (0, lines)
    assert stored() == before
    assert {(group.name, group.description) for group in Group.objects.all()} == names
    assert sync(None, "--check") == (0, ["no difference"])


def test_the_plan_tells_each_change(policy: Any, user: Any, sync: Any) -> None:
    post = Post.objects.create()
    auth.add_membership("group1", user)
    text = f"""
        [[groups]]
        name = "editors"
        description = "New"
        grants = [
            "publish",
            {{ name = "write", model = "blog.Post", expires_at = 2100-01-01T00:00:00Z }},
            {{ name = "write", model = "blog.Post", record = {post.pk} }},
            {{ name = "write", model = "blog.Post", record = "{post.pk - 1}" }},
        ]
        [[groups]]
        name = "new"
    """
    changes = [
        "+ group new",
        "~ group editors: description",
        "+ editors: publish",
        "~ editors: write on blog.post until 2100-01-01 00:00",
        f"+ editors: write on blog.post {post.pk}",
    ]
    picture = Picture.objects.get().pk
    extra = [f"editors: write on blog.picture {picture}", "group group1 (1 member)"]
    kept = [f"? {line}, not in the file (--prune removes it)" for line in extra]
    gone = [f"- {line}" for line in extra]
    assert sync(text, "--check") == (1, changes + kept)
    assert sync(text, "--check", "--prune") == (1, changes + gone)
    assert sync(text) == (0, changes + kept)
    assert sync(text) == (0, [*kept, "no difference"])
    assert sync(text, "--check") == (0, [*kept, "no difference"])
    assert sync(text, "--prune") == (0, gone)
    assert sync(text, "--check", "--prune", "-v0") == (0, [])
    assert sorted(Group.objects.values_list("name", flat=True)) == ["editors", "new"]
    assert Permission.objects.count() == 4


def test_members_and_groups_of_one_person_are_no_part_of_it(
    settings: Any, make_user: Callable[..., Any], sync: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "EVERYBODY_GROUP": "everybody"}
    user = make_user()
    auth.add_permission(user, "write", Post)
    assert [group["name"] for group in tomllib.loads(export())["groups"]] == ["everybody"]
    before = stored(), set(Membership.objects.all())
    assert sync("", "--prune") == (0, ["no difference"])
    assert (stored(), set(Membership.objects.all())) == before


def test_a_description_that_is_left_out_stays(policy: Any, sync: Any) -> None:
    sync('[[groups]]\nname = "editors"')
    assert Group.objects.get(name="editors").description == policy.description


def test_an_expired_grant_is_given_anew(make_group: Callable[..., Any], sync: Any) -> None:
    auth.add_permission(make_group("editors"), ["write", "read"], expires_at=PAST)
    text = '[[groups]]\nname = "editors"\ngrants = ["write"]'
    assert sync(text, "--prune") == (0, ["~ editors: write"])
    assert sorted(row.name for row in Permission.objects.filter(expires_at=None)) == ["write"]


def test_one_event_tells_of_all_grants_of_a_group(policy: Any, sync: Any, file: Path) -> None:
    call_command("authkit_export", str(file))
    Permission.objects.all().delete()
    Event.objects.all()._raw_delete("default")
    sync(None)
    events = [(row.name, row.data["count"]) for row in Event.objects.order_by("pk")]
    assert sorted(events) == [("permission_add", 1), ("permission_add", 3), ("permission_add", 3)]


def test_grants_on_what_is_gone_are_left_out_and_told(policy: Any) -> None:
    Picture.objects.all()._raw_delete("default")
    errors = StringIO()
    call_command("authkit_export", stdout=StringIO(), stderr=errors)
    assert "authkit_doctor" in errors.getvalue()
    assert "blog.Picture" not in export()


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
    text: str, words: str, option: str, policy: Any, sync: Any
) -> None:
    before = stored()
    good = '[[groups]]\nname = "good"\n' if text.startswith("[[groups]]") else ""
    with pytest.raises(CommandError, match=words) as error:
        sync(good + text, option)
    assert error.value.returncode == 2
    assert stored() == before
    assert not Group.objects.filter(name__in=["good", "x"]).exists()


def test_every_fault_is_told_at_once(db: None, sync: Any) -> None:
    text = """
        [[groups]]
        name = "editors"
        grants = ["read", { name = "x", model = "blog.Nothing" }, { name = "y", record = 5 }]
        [[groups]]
        name = 5
    """
    with pytest.raises(CommandError) as error:
        sync(text)
    places = [line.split(": ")[0] for line in str(error.value).splitlines()]
    assert places == [
        "groups[1] 'editors', grants[2]",
        "groups[1] 'editors', grants[3]",
        "groups[2]",
    ]


def test_a_fault_at_the_top_hides_no_other(db: None, sync: Any, file: Path) -> None:
    text = """
        group = "editors"
        [[groups]]
        name = "editors"
        members = ["ada"]
        grants = [{ name = "x", model = "blog.Nothing" }]
    """
    with pytest.raises(CommandError) as error:
        sync(text)
    places = [line.rsplit(": ", 1)[0] for line in str(error.value).splitlines()]
    assert [place.split(": ")[0] for place in places] == [
        str(file),
        "groups[1]",
        "groups[1] 'editors', grants[1]",
    ]


def test_the_name_of_somebodys_own_group_is_refused(user: Any, sync: Any) -> None:
    auth.add_permission(user, "write", Post)
    before = stored()
    with pytest.raises(CommandError, match="single person"):
        sync(f"[[groups]]\nname = '{user.auth_own_group.name}'")
    assert stored() == before


def test_a_group_may_be_called_like_somebodys_own(db: None, sync: Any) -> None:
    sync("[[groups]]\nname = 'user_5'")
    assert [group["name"] for group in tomllib.loads(export())["groups"]] == ["user_5"]


def test_a_grant_on_a_group_of_the_same_file_loads_where_there_is_neither(
    make_group: Callable[..., Any], sync: Any, file: Path
) -> None:
    leads, admins, editors = (make_group(name) for name in ("leads", "admins", "editors"))
    auth.add_permission(leads, "edit", admins)
    auth.add_permission(admins, "edit", editors)
    call_command("authkit_export", str(file))
    text = file.read_text(encoding="utf-8")
    Group.objects.all().delete()

    changes = [
        "+ admins: edit on authkit.group 'editors'",
        "+ leads: edit on authkit.group 'admins'",
    ]
    code, lines = sync(None, "--check")
    assert code == 1
    assert set(lines) >= set(changes)
    assert not Group.objects.exists()
    sync(None)
    assert export() == text
    assert auth.has_permission("edit", Group.objects.get(name="editors"), group="admins")
    assert sync(None, "--check") == (0, ["no difference"])


def test_an_end_in_the_past_is_taken_as_it_is(db: None, sync: Any) -> None:
    grant = '{ name = "read", expires_at = 2020-01-01T00:00:00Z }'
    sync(f'[[groups]]\nname = "editors"\ngrants = [{grant}]')
    assert Permission.objects.count() == 1
    assert not auth.has_permission("read", group="editors")


def test_a_missing_file_is_an_error(db: None, file: Path) -> None:
    with pytest.raises(CommandError, match="No such file") as error:
        call_command("authkit_sync", str(file))
    assert error.value.returncode == 2
    with pytest.raises(CommandError, match="No such file"):
        call_command("authkit_export", str(file.parent / "no" / "file"))


def test_a_record_with_a_uuid_keeps_it(policy: Any, sync: Any, file: Path) -> None:
    call_command("authkit_export", str(file))
    picture = Picture.objects.get()
    Permission.objects.exclude(object_uuid=NIL).delete()
    sync(None)
    assert auth.has_permission("write", picture, group=policy)


@pytest.mark.django_db
def test_a_natural_key_is_not_the_number_that_looks_like_it(
    sync: Callable[..., Any], make_group: Callable[..., Any]
) -> None:
    first = make_group("first")
    second = make_group(str(first.pk))

    sync(
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
def test_whatever_a_file_holds_is_told_as_a_fault(db: None, text: str, sync: Any) -> None:
    with pytest.raises(CommandError) as caught:
        sync(text)
    assert caught.value.returncode == 2
    assert str(caught.value).replace("\n", "").isprintable()
    assert not Group.objects.exists()


FORGED = "x\r\x1b[2J\x9b\u202e\n+ group ok"


def test_a_name_writes_nothing_to_the_terminal(
    db: None, sync: Any, file: Path, make_user: Callable[..., Any]
) -> None:
    # As rows from elsewhere have it: no group can be made with it.
    Group.objects.create_group("plain")
    Group._base_manager.update(name=FORGED)
    out = StringIO()
    call_command("authkit_export", stdout=out)
    assert out.getvalue().replace("\n", "").isprintable()
    assert tomllib.loads(out.getvalue())["groups"][0]["name"] == FORGED
    _code, lines = sync("groups = []", "--check", "--prune")
    assert lines == ["- group x\\r\\x1b[2J\\x9b\\u202e\\n+ group ok (0 members)"]


def test_an_explanation_writes_nothing_to_the_terminal(
    user: Any, make_group: Callable[..., Any]
) -> None:
    auth.add_permission(make_group("plain", user), "write")
    Group._base_manager.update(name=FORGED)
    type(user)._base_manager.update(email=f"a{FORGED}")
    out = StringIO()
    call_command("authkit_explain", str(user.pk), "write", stdout=out)
    assert len(out.getvalue().splitlines()) == 2
    assert out.getvalue().replace("\n", "").isprintable()


@pytest.mark.parametrize("option", ["--check", "--prune"])
def test_the_group_of_everybody_stays_and_its_grants_are_looked_at(
    option: str, user: Any, make_group: Callable[..., Any], sync: Any, settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "EVERYBODY_GROUP": "everybody"}
    auth.add_permission(make_group("everybody", user), ["read", "root"])
    assert sync("groups = []", *{"--prune", option}) == (
        int(option == "--check"),
        ["- everybody: read", "- everybody: root"],
    )
    assert auth.has_membership("everybody", user=user)
    assert auth.has_permission("root", user=user) == (option == "--check")
    assert sync("groups = []", "--prune", "--check")[0] == int(option == "--check")


@pytest.mark.parametrize("members", [0, 1, 2])
def test_a_group_called_like_that_of_somebody_is_looked_at(
    members: int, make_user: Callable[..., Any], sync: Any
) -> None:
    group = auth.create_group("user_424242")  # there is no such user
    group.users.set([make_user() for _ in range(members)])
    auth.add_permission(group, "write", Post)
    assert [each["name"] for each in tomllib.loads(export())["groups"]] == ["user_424242"]
    assert sync("groups = []", "--check", "--prune")[0] == 1
    sync("groups = []", "--prune")
    assert not Group.objects.exists()
