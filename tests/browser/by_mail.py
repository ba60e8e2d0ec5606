"""The steps of an account's life that lead through its mailbox, and whose account it is."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

PASSWORD = "correct horse battery staple"
SECOND = "an entirely different passphrase"
THIRD = "yet another one of many words"
ADDRESS, OTHER_ADDRESS = "ada@example.com", "countess@example.org"


def enter(visitor: Visitor, login: str, password: str, *, remember: bool = False) -> None:
    """Log in from wherever the visitor is."""
    visitor.open("account_login")
    visitor.fill(login=login, password=password, remember=remember)
    visitor.press("Log in")
    visitor.at("account_profile")


def recover_password(ada: Visitor, elsewhere: Visitor) -> None:
    elsewhere.open("account_login")
    elsewhere.go_on("account_reset_password")
    elsewhere.sees("Forgotten password")
    elsewhere.fill(email="nobody")
    elsewhere.press("Send link")
    elsewhere.sees_error("Forgotten password", "Email address: ")
    elsewhere.fill(email=ADDRESS.upper())
    elsewhere.press("Send link")
    elsewhere.sees("Check your mailbox", "mail_success", state="password")
    link = ada.site.mailed_link(ADDRESS, "Choose a new password")
    elsewhere.open(link)
    elsewhere.sees("Choose a new password")
    elsewhere.fill(new_password="ada lovelace", new_password2="ada lovelace")
    elsewhere.press("Save new password")
    elsewhere.sees_error("Choose a new password", "New password: ")
    elsewhere.fill(new_password=THIRD, new_password2=THIRD)
    elsewhere.press("Save new password")
    elsewhere.sees("Your password has been changed")
    ada.site.mailed_text(ADDRESS, "was changed")
    elsewhere.open(link)
    elsewhere.sees("Choose a new password", "reset_key_invalid", state="dead", status=404)
    elsewhere.go_on("account_reset_password")
    elsewhere.at("account_reset_password")
    ada.page.reload()
    ada.at("account_login")


def recover_user_name(elsewhere: Visitor) -> None:
    elsewhere.open("account_login")
    elsewhere.go_on("account_username_retrieval")
    elsewhere.sees("Forgotten user name")
    elsewhere.press("Send user name")
    elsewhere.sees_error("Forgotten user name", "Email address: ")
    elsewhere.fill(email=ADDRESS)
    elsewhere.press("Send user name")
    elsewhere.sees("Check your mailbox", "mail_success", state="user name")
    assert "ada" in elsewhere.site.mailed_text(ADDRESS, "Your user name")


def change_address(ada: Visitor, elsewhere: Visitor) -> None:
    enter(ada, "ada", THIRD)
    ask_for_address(ada)
    # Cancelled from the old mailbox.
    cancel = ada.site.mailed_link(ADDRESS, "is about to change")
    confirm = ada.site.mailed_link(OTHER_ADDRESS, "Confirm your new email address")
    elsewhere.open(cancel)
    elsewhere.sees("Keep your email address", "Press the button to stop", state="cancel")
    elsewhere.press("Stop the change")
    elsewhere.sees("Forgotten password", "email_change_cancelled", state="change stopped")
    elsewhere.open(confirm)
    elsewhere.sees("Confirm your new email address", state="dead", status=404)
    ada.page.reload()
    ada.at("account_login")
    # Asked for again, and confirmed.
    enter(ada, "ada", THIRD)
    ask_for_address(ada)
    confirm = ada.site.mailed_link(OTHER_ADDRESS, "Confirm your new email address")
    ada.site.mailed_text(ADDRESS, "is about to change")
    # The mailbox alone is not enough.
    elsewhere.open(confirm)
    elsewhere.sees("Log in", "email_change_login", state="to confirm an address")
    ada.open(confirm)
    ada.sees("Confirm your new email address", "Press the button", state="confirm")
    ada.press("Confirm new address")
    ada.sees("Your profile", "email_changed", state="address changed")
    ada.site.mailed_text(ADDRESS, "was changed")


def ask_for_address(ada: Visitor) -> None:
    ada.open("account_email")
    ada.sees("Change your email address", ADDRESS)
    ada.fill(email=ADDRESS, password="not her passphrase")
    ada.press("Send confirmation link")
    ada.sees_error("Change your email address", "This is your address already.", "old_password")
    ada.fill(email=OTHER_ADDRESS, password=THIRD)
    ada.press("Send confirmation link")
    ada.sees("Change your email address", "email_change_sent", state="waits for confirmation")
    expect(ada.page.locator("dl")).to_contain_text(OTHER_ADDRESS)
