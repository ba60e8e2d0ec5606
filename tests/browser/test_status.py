"""What an administrator decides in the administration, the person sees on the next click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD

ADDRESS, BOSS = "grace@example.com", "boss@example.com"
NEW_PASSWORD = "an entirely different passphrase"
Visit = Callable[..., Visitor]


def test_a_person_sees_each_decision_on_the_next_click(
    visit: Visit, make_user: Callable[..., Any], settings: Any
) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "REGISTRATION_APPROVAL": True}
    make_user(email=BOSS, username="boss", is_staff=True, is_superuser=True)
    grace, boss = visit(), visit()
    register(grace)
    approve(grace, boss)
    disable(grace, boss)
    block(grace, boss)
    allow(grace, boss)
    grace.site.wait_for_outbox()
    assert [mail["subject"] for mail in grace.site.postbox.messages] == []


def enter(grace: Visitor, password: str = PASSWORD) -> None:
    grace.fill(login=ADDRESS, password=password)
    grace.press("Log in")


def is_thrown_out(grace: Visitor) -> None:
    """The next click of somebody who was just at work leads to the login."""
    grace.press("Save changes")
    grace.sees("Log in", state="session ended by an administrator")


def register(grace: Visitor) -> None:
    grace.open("account_signup")
    grace.fill(email=ADDRESS, username="grace", password=PASSWORD, password2=PASSWORD)
    grace.press("Create account")
    grace.at("account_email_verification_sent")
    grace.open(grace.site.mailed_link(ADDRESS, "Confirm your email address"))
    grace.press("Confirm address")
    grace.sees("You cannot log in", "approval_pending", state="pending")


def approve(grace: Visitor, boss: Visitor) -> None:
    grace.go_on("account_login")
    enter(grace)
    grace.sees("You cannot log in", "approval_pending", state="pending")
    boss.open(boss.site.mailed_link(BOSS, "New registration"))
    boss.sees("Log in", state="asked for")
    boss.fill(login="boss", password=PASSWORD)
    boss.press("Log in")
    expect(boss.page.get_by_role("heading", level=1)).to_have_text("Change user")
    boss.inspect_administration("user change, waits for approval", "empty-table-header")
    boss.press("Approve")
    boss.is_told("1 account was approved.")
    grace.open(grace.site.mailed_link(ADDRESS, "is ready"))
    enter(grace)
    grace.at("account_profile")


def disable(grace: Visitor, boss: Visitor) -> None:
    boss.press("Disable")
    expect(boss.page.locator("#content")).to_contain_text("Every session ends at once.")
    boss.inspect_administration("user, confirmation of a verb", "link-in-text-block")
    boss.press("Disable")
    boss.is_told("1 account was disabled.")
    is_thrown_out(grace)
    enter(grace)
    grace.sees("You cannot log in", "login_disabled", state="disabled")
    grace.go_on("account_reset_password")
    grace.fill(email=ADDRESS)
    grace.press("Send link")
    grace.sees("Check your mailbox", state="password")
    grace.open(grace.site.mailed_link(ADDRESS, "Choose a new password"))
    grace.fill(new_password=NEW_PASSWORD, new_password2=NEW_PASSWORD)
    grace.press("Save new password")
    grace.go_on("account_login")
    grace.site.mailed_text(ADDRESS, "was changed")
    enter(grace, NEW_PASSWORD)
    grace.at("account_profile")


def block(grace: Visitor, boss: Visitor) -> None:
    choose(boss, "Block selected users")
    expect(boss.page.locator("#content")).to_contain_text("can neither log in nor")
    boss.inspect_administration("user, confirmation of an action", "link-in-text-block")
    boss.press("Block")
    boss.is_told("1 account was blocked.")
    is_thrown_out(grace)
    enter(grace, NEW_PASSWORD)
    grace.sees("You cannot log in", "login_blocked", state="blocked")
    grace.open("account_reset_password")
    grace.fill(email=ADDRESS)
    grace.press("Send link")
    grace.sees("Check your mailbox", state="password")


def allow(grace: Visitor, boss: Visitor) -> None:
    choose(boss, "Allow selected users again")
    boss.is_told("1 account is allowed again.")
    grace.open("account_login")
    enter(grace, NEW_PASSWORD)
    grace.at("account_profile")
    assert get_user_model().objects.get(email=ADDRESS).status == "active"


def choose(boss: Visitor, action: str) -> None:
    """Do an action of the list of users to Grace."""
    boss.open("admin:authkit_user_changelist")
    row = boss.page.get_by_role("row").filter(has_text=ADDRESS)
    row.get_by_role("checkbox").check()
    boss.page.get_by_label("Action:").select_option(action)
    boss.inspect_administration("user changelist, a row selected", "label-title-only")
    with boss.page.expect_event("load"):
        boss.page.locator("#changelist-form button[name=index]").click()
