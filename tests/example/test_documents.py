"""Documents are seen, changed and shared by whom they should be, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.example.conftest import command
from tests.example.visitor import Page, Visitor

Find = Callable[[str], Visitor]
TITLES = {"House rules", "Kitchen rota", "Letter to the bank", "Press release"}
NUMBERS = count(1)
PAGES = ["", "write/", "share/", "who/", "delete/"]


def path_of(visitor: Find, title: str) -> str:
    """Where the document is; the superuser sees them all."""
    return visitor("admin").get("/documents/").links()[title]


def new(owner: Visitor) -> tuple[str, str]:
    """The title and path of a new document."""
    title = f"Letter {next(NUMBERS)}"
    page = owner.post("/documents/new/", title=title, text="Dear all")
    assert page.status == 200
    return title, page.path


def share(owner: Visitor, path: str, holder: str, right: str, **fields: str) -> Page:
    value = owner.get(f"{path}share/").options()[holder]
    return owner.post(f"{path}share/", holder=value, right=right, expires_at="", **fields)


def answers(somebody: Visitor, path: str) -> dict[str, int]:
    """The status of each page of the document."""
    return {page: somebody.get(path + page).status for page in PAGES}


OWNER = dict.fromkeys(PAGES, 200)
WRITER = {"": 200, "write/": 200, "share/": 403, "who/": 403, "delete/": 403}
READER = {**WRITER, "write/": 403}
NOBODY = dict.fromkeys(PAGES, 404)


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("admin", TITLES),
        ("editor", TITLES),
        ("reader", {"House rules", "Kitchen rota", "Letter to the bank"}),
        ("staff", {"Kitchen rota", "Press release"}),
    ],
)
def test_a_list_shows_what_is_owned_and_shared(visitor: Find, name: str, titles: set[str]) -> None:
    assert TITLES & set(visitor(name).get("/documents/").links()) == titles


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("House rules", {"admin": OWNER, "editor": WRITER, "reader": READER, "staff": NOBODY}),
        ("Kitchen rota", {"admin": OWNER, "editor": WRITER, "reader": WRITER, "staff": OWNER}),
        ("Letter to the bank", {"admin": OWNER, "reader": OWNER, "staff": NOBODY}),
        ("Press release", {"editor": OWNER, "reader": NOBODY, "staff": READER}),
    ],
)
def test_each_page_opens_for_whom_it_should(
    visitor: Find, title: str, found: dict[str, Any]
) -> None:
    path = path_of(visitor, title)

    assert {name: answers(visitor(name), path) for name in found} == found


@pytest.mark.parametrize("path", ["", "new/", "1/", "1/share/", "999/", "staff/"])
def test_a_stranger_is_sent_to_the_login(visitor: Find, path: str) -> None:
    page = visitor("").get(f"/documents/{path}")

    assert (page.status, page.path) == (200, f"/auth/login/?next=/documents/{path}")


@pytest.mark.parametrize(
    ("name", "status"), [("admin", 200), ("staff", 200), ("editor", 403), ("reader", 403)]
)
def test_the_part_of_the_staff_is_for_its_members(visitor: Find, name: str, status: int) -> None:
    page = visitor(name).get("/documents/staff/")

    assert page.status == status
    assert (set(page.links()) >= TITLES) == (status == 200)
    assert ("All documents" in visitor(name).get("/documents/").links()) == (status == 200)


@pytest.mark.parametrize("holder", ["readers", "reader@example.com"])
@pytest.mark.parametrize(("right", "found"), [("read", READER), ("write", WRITER)])
def test_what_is_shared_opens_until_it_is_taken_back(
    visitor: Find, holder: str, right: str, found: dict[str, int]
) -> None:
    owner, reader = visitor("staff"), visitor("reader")
    title, path = new(owner)
    assert answers(reader, path) == NOBODY

    page = share(owner, path, holder, right)
    assert f"Shared with {holder}." in page.text
    assert answers(reader, path) == found
    assert title in reader.get("/documents/").links()

    key = page.text.split('name="take_back" value="')[1].split('"')[0]
    page = owner.post(f"{path}share/", take_back=key)
    assert f"Taken back from {holder}." in page.text
    assert answers(reader, path) == NOBODY
    assert title not in reader.get("/documents/").links()


def test_sharing_anew_with_less_takes_the_rest_away(visitor: Find) -> None:
    owner, reader = visitor("staff"), visitor("reader")
    _title, path = new(owner)
    share(owner, path, "readers", "write")
    share(owner, path, "readers", "read")
    assert answers(reader, path) == READER


def test_what_is_over_cannot_be_shared_until_then(visitor: Find) -> None:
    owner = visitor("staff")
    _title, path = new(owner)
    holder = owner.get(f"{path}share/").options()["readers"]
    page = owner.post(f"{path}share/", holder=holder, right="read", expires_at="2020-01-01T00:00")

    assert "This moment is over." in page.text
    assert answers(visitor("reader"), path) == NOBODY


def test_only_a_group_that_exists_gives_something_back(visitor: Find) -> None:
    owner = visitor("staff")
    _title, path = new(owner)

    for key in ("999999", "x", ""):
        assert owner.post(f"{path}share/", take_back=key).status == 404


def test_a_reader_shares_nothing(visitor: Find) -> None:
    path = path_of(visitor, "House rules")
    reader = visitor("reader")

    assert reader.post(f"{path}share/", holder="user:4", right="write").status == 403
    assert reader.post(f"{path}delete/").status == 403


def test_whoever_may_write_changes_the_text(visitor: Find) -> None:
    owner, editor = visitor("staff"), visitor("editor")
    title, path = new(owner)
    editor.post(f"{path}write/", title=title, text="Dear Ada")

    assert "Dear Ada" in owner.get(path).text
    assert "Of staff@example.com" in editor.get(path).text


def test_the_page_offers_only_what_is_allowed(visitor: Find) -> None:
    path = path_of(visitor, "Kitchen rota")
    offered = {name: set(visitor(name).get(path).links()) for name in ("staff", "reader")}

    assert offered["staff"] >= {"Change it", "Share it", "Who may read it, and why", "Delete it"}
    assert "Change it" in offered["reader"]
    assert not offered["reader"] & {"Share it", "Who may read it, and why", "Delete it"}


def test_the_owner_sees_who_may_read_and_why(visitor: Find) -> None:
    path = path_of(visitor, "Press release")
    text = visitor("editor").get(f"{path}who/").text

    assert "editor@example.com, who owns it" in text
    for person, reason in {
        "admin": "an active superuser may do everything",
        "staff": "the group staff has &#x27;read&#x27; on documents.document ",
    }.items():
        assert f"<strong>{person}@example.com</strong><br>{reason}" in text
    assert " until 20" in text


def test_the_owner_asks_why_somebody_may_not(visitor: Find) -> None:
    path = path_of(visitor, "Press release")
    text = visitor("editor").get(f"{path}who/?person=reader@example.com").text

    reason = "missing: a grant of &#x27;read&#x27; to the user, or a membership in one of the "
    assert f"reader@example.com may not read it</strong><br>{reason}" in text
    assert "reader@example.com may not write it" in text


def test_an_owner_may_as_the_owner(visitor: Find) -> None:
    path = path_of(visitor, "Letter to the bank")
    text = visitor("reader").get(f"{path}who/?person=reader@example.com").text

    for name in ("read", "write"):
        assert f"reader@example.com may {name} it</strong><br>as the owner" in text
    assert "may not" not in text


@pytest.mark.parametrize("address", ["blocked@example.com", "nobody@example.com"])
def test_the_owner_learns_of_nobody_but_active_people(visitor: Find, address: str) -> None:
    path, reader = path_of(visitor, "Letter to the bank"), visitor("reader")

    assert "No active account has this address." in reader.get(f"{path}who/?person={address}").text
    page = reader.get(f"{path}who/").text
    assert "blocked@example.com" not in page
    assert "editor@example.com" not in page.replace("<strong>editor@example.com", "")


def test_a_right_of_one_person_is_shown_by_their_name(visitor: Find) -> None:
    path = path_of(visitor, "Kitchen rota")
    text = visitor("staff").get(f"{path}share/").text

    assert "<strong>reader@example.com</strong>" in text
    assert "user_" not in text


def test_what_was_shared_goes_with_the_document(visitor: Find, manage: Any) -> None:
    owner = visitor("staff")
    title, path = new(owner)
    share(owner, path, "readers", "read")
    page = owner.post(f"{path}delete/")
    assert (page.path, f"“{title}” is deleted." in page.text) == ("/documents/", True)
    assert answers(visitor("reader"), path) == NOBODY
    assert manage("authkit_doctor").returncode == 0


def test_the_terminal_tells_the_same_as_the_pages(visitor: Find, manage: Any) -> None:
    target = "documents.Document:" + path_of(visitor, "House rules").strip("/").split("/")[-1]
    codes = {
        name: manage("authkit_explain", f"{name}@example.com", "read", target).returncode
        for name in ("admin", "editor", "reader", "staff", "blocked")
    }

    assert codes == {"admin": 0, "editor": 0, "reader": 0, "staff": 1, "blocked": 1}


@pytest.mark.parametrize("page", ["new/", "staff/", *(f"2/{page}" for page in PAGES)])
def test_every_page_keeps_a_strict_policy(visitor: Find, page: str) -> None:
    found = visitor("staff").get(f"/documents/{page}")

    assert found.status == 200
    assert found.policy.startswith("default-src 'self'; ")
    assert " style=" not in found.text
    assert "<script>" not in found.text


def test_no_migration_of_the_demo_is_missing(manage: Any) -> None:
    assert manage("makemigrations", "--check", "--dry-run").returncode == 0


def test_a_later_start_brings_nothing_back(
    settings_of_demo: dict[str, str], tmp_path: Path
) -> None:
    settings = {**settings_of_demo, "AUTHKIT_DEMO_FOLDER": str(tmp_path)}
    delete = (
        "from authkit import auth; from example_project.documents.models import Document;"
        "print(Document.objects.all().delete()[1]['documents.Document']);"
        "print(auth.delete_group('editors'))"
    )
    left = "from example_project.documents.models import Document; print(Document.objects.count())"
    steps = (["migrate", "-v0"], ["demo"], ["shell", "-v0", "-c", delete], ["demo"])
    done = [command(settings, *words) for words in (*steps, ["shell", "-v0", "-c", left])]

    assert [(step.returncode, step.stderr) for step in done] == [(0, "")] * 5
    assert (done[2].stdout, done[4].stdout) == ("4\n1\n", "0\n")
