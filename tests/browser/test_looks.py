"""The pages for eyes, hands and settings of all kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Response, expect

from tests.browser.visitor import FORCED, Visitor
from tests.conftest import PASSWORD

Visit = Callable[..., Visitor]

ENTRANCE = (
    "account_login",
    "account_signup",
    "account_email_verification_sent",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_username_retrieval",
    "account_username_retrieval_done",
    "account_inactive",
)
DEAD_LINKS = ("account_confirm_email", "account_email_change_confirm")
OWN = (
    "account_profile",
    "account_change_password",
    "account_email",
    "account_sessions",
    "account_reauthenticate",
    "account_deletion",
    "account_logout",
)
LOOKS: dict[str, dict[str, Any]] = {
    "Arabic": {"locale": "ar"},
    FORCED: {"forced_colors": "active"},
    "high contrast": {"contrast": "more"},
}


def submit(visitor: Visitor) -> None:
    """Send the page's main form, whatever its button is called."""
    with visitor.page.expect_event("load"):
        visitor.page.locator("main form.ak-form > button[type=submit]").click()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_right_in_every_look(
    look: str, visit: Visit, make_user: Callable[..., Any]
) -> None:
    person = visit(look, **LOOKS[look])
    for name in ENTRANCE:
        person.open(name)
        person.inspect(name)
    for name in DEAD_LINKS:
        person.open(name, "dead")
        person.inspect(f"{name} (dead)")
    for name in ("account_login", "account_signup"):
        person.open(name)
        submit(person)
        expect(person.page.get_by_role("alert")).to_be_focused()
        person.inspect(f"{name} (errors)")
    make_user(username="ada")
    person.open("account_login")
    person.fill(login="ada", password=PASSWORD)
    submit(person)
    person.at("account_profile")
    for name in OWN:
        person.open(name)
        person.inspect(name)


def test_arabic_pages_are_mirrored(visit: Visit) -> None:
    person = visit("Arabic", locale="ar")
    person.open("account_login")
    expect(person.page.locator("html")).to_have_attribute("dir", "rtl")
    submit(person)
    summary = person.page.get_by_role("alert")
    expect(summary).to_have_css("border-right-width", "4px")
    expect(summary).to_have_css("border-left-width", "1px")
    show, field = (
        person.page.locator(f"main {name}") for name in ("[aria-pressed]", "#id_password")
    )
    assert edge(show) < edge(field)


def edge(locator: Locator) -> float:
    """Where it begins on the left."""
    box = locator.bounding_box()
    assert box is not None
    return float(box["x"])


def test_what_counts_is_seen_in_forced_colours(visit: Visit) -> None:
    person = visit(FORCED, forced_colors="active")
    person.open("account_login")
    # A checkbox is drawn by the browser.
    edged = person.page.locator("main :is(input:not([type=checkbox]), button):visible")
    for item in edged.all():
        assert item.evaluate("item => parseFloat(getComputedStyle(item).borderTopWidth)") >= 1
    button = person.page.locator("main [aria-pressed]")
    colour = "item => getComputedStyle(item).backgroundColor"
    before = button.evaluate(colour)
    person.field("password").focus()
    person.page.keyboard.press("Tab")
    expect(button).to_have_css("outline-style", "solid")
    person.page.keyboard.press("Space")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert button.evaluate(colour) != before


def test_the_first_key_leads_past_the_header(visit: Visit) -> None:
    person = visit()
    person.open("account_login")
    skip = person.page.get_by_role("link", name="Skip to main content")
    person.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    person.inspect("Log in (skip link)")
    person.page.keyboard.press("Enter")
    expect(person.page.locator("main")).to_be_focused()
    person.page.keyboard.press("Tab")
    expect(person.field("login")).to_be_focused()


def test_a_password_can_be_shown_by_keyboard_and_is_sent_hidden(visit: Visit) -> None:
    person = visit()
    person.open("account_login")
    person.fill(login="ada", password="a secret")
    person.page.keyboard.press("Tab")
    show = person.page.get_by_role("button", name="Show: Password")
    expect(show).to_be_focused()
    person.page.keyboard.press("Space")
    expect(show).to_have_attribute("aria-pressed", "true")
    expect(person.field("password")).to_have_attribute("type", "text")
    person.inspect("Log in (password shown)")
    person.press("Log in")
    person.sees_error("Log in")
    expect(person.field("password")).to_have_attribute("type", "password")


def test_nothing_moves_for_whoever_wants_no_motion(visit: Visit) -> None:
    person = visit(reduced_motion="reduce")
    person.open("account_login")
    button = person.page.get_by_role("button", name="Log in")
    expect(button).to_have_css("transition-property", "none")


def test_the_login_page_is_light(visit: Visit) -> None:
    person = visit()
    responses: list[Response] = []
    person.page.on("response", lambda response: responses.append(response))
    person.open("account_login")
    person.page.wait_for_load_state("networkidle")
    own = [response for response in responses if not response.url.endswith("favicon.ico")]
    assert len(own) <= 4
    assert sum(len(response.body()) for response in own) <= 40_000
