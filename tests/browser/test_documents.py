"""The documents of the demo: every page in every look, and sharing by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from example_project.people import PASSWORD
from tests.browser.conftest import PATIENCE, RECORD
from tests.browser.site import Site
from tests.browser.visitor import Visitor

# The demo is a server of its own, with a policy of its own.
from tests.example.conftest import demo, manage, settings_of_demo  # noqa: F401

LogIn = Callable[[str], Visitor]


@pytest.fixture
def log_in(chromium: Browser, demo: str, request: Any) -> Iterator[LogIn]:  # noqa: F811
    """A function that gives a person of the demo at the list of their documents."""
    visitors: list[Visitor] = []

    def enter(name: str) -> Visitor:
        context = chromium.new_context(base_url=demo, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        record = request.config.stash[RECORD]
        visitor = Visitor(context.new_page(), Site(demo), record, look="demo", has_script=True)
        visitors.append(visitor)
        visitor.open("/auth/login/", query="?next=/documents/")
        visitor.fill(login=name, password=PASSWORD)
        visitor.press("Log in")
        expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Documents")
        return visitor

    yield enter
    for visitor in visitors:
        visitor.page.context.close()
    for visitor in visitors:
        visitor.check_watch()


def follow(visitor: Visitor, link: str, heading: str) -> None:
    """Follow the link of this text to the page with this heading, and look at it closely."""
    with visitor.page.expect_event("load"):
        visitor.page.locator("main").get_by_role("link", name=link).click()
    visitor.sees(heading)


def test_every_page_of_a_document_is_right(log_in: LogIn) -> None:
    editor = log_in("editor")
    editor.inspect("Documents")
    follow(editor, "Press release", "Press release")
    follow(editor, "Change it", "Change the document")
    editor.fill(title="")
    editor.press("Save")
    editor.inspect("Change the document (errors)")
    follow(editor, "Back to the document", "Press release")
    follow(editor, "Share it", "Share “Press release”")
    editor.press("Share")
    editor.inspect("Share (errors)")
    follow(editor, "Who may read it, and why", "Who may read “Press release”")
    for person in ("reader", "staff"):
        editor.page.locator("main input[type=email]").fill(f"{person}@example.com")
        editor.press("Ask")
        expect(editor.page.locator(".demo-answers")).to_contain_text(f"{person}@example.com may")
        editor.inspect(f"Who may read (asked about {person})")
    follow(editor, "Back to the document", "Press release")
    follow(editor, "Delete it", "Delete “Press release”?")
    follow(editor, "Keep it", "Press release")


def test_a_new_document_begins_empty_and_is_nobody_elses(log_in: LogIn) -> None:
    reader = log_in("reader")
    follow(reader, "New document", "New document")
    reader.fill(
        title="A title of one long word: " + "Rindfleischetikettierung" * 3, text="Dear all"
    )
    reader.press("Save")
    reader.inspect("One document, with a long title")
    follow(reader, "Share it", reader.page.locator("h1").inner_text().join(["Share “", "”"]))
    expect(reader.page.locator("main .ak-sessions li")).to_have_text("Nobody.")


def test_the_part_of_the_staff_is_right(log_in: LogIn) -> None:
    staff = log_in("staff")
    follow(staff, "All documents", "All documents")
    follow(staff, "Documents", "Documents")


def test_a_document_is_shared_and_taken_back_by_keyboard(log_in: LogIn) -> None:
    staff = log_in("staff")
    keyboard = staff.page.keyboard
    staff.page.get_by_role("link", name="Kitchen rota").focus()
    keyboard.press("Enter")
    share = staff.page.get_by_role("link", name="Share it")
    expect(share).to_be_visible()
    share.focus()
    keyboard.press("Enter")
    staff.sees("Share “Kitchen rota”")
    keyboard.press("Tab")
    keyboard.press("Enter")  # past the header
    for keys in ("readers", "", ""):
        keyboard.press("Tab")
        keyboard.type(keys)
    staff.page.get_by_role("button", name="Share", exact=True).focus()
    keyboard.press("Enter")
    expect(staff.page.locator(".ak-message")).to_contain_text("Shared with readers.")
    staff.inspect("Share (shared)")
    staff.page.get_by_role("button", name="Take back from readers").focus()
    keyboard.press("Space")
    expect(staff.page.locator(".ak-message")).to_contain_text("Taken back from readers.")
