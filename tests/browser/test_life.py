"""The life of an account in the browser, by the pages and the mail alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from tests.browser.by_mail import (
    ADDRESS,
    OTHER_ADDRESS,
    PASSWORD,
    SECOND,
    THIRD,
    change_address,
    enter,
    recover_password,
    recover_user_name,
)
from tests.browser.visitor import Visitor

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
Visit = Callable[..., Visitor]


def test_an_account_lives_and_ends(visit: Visit) -> None:
    live(visit)


def test_an_account_lives_and_ends_without_javascript(visit: Visit) -> None:
    live(visit, look="no JavaScript", has_script=False)


def live(visit: Visit, **options: Any) -> None:
    ada = visit(**options)
    elsewhere = visit(user_agent=FIREFOX, **options)
    phone = visit(user_agent=IPHONE, viewport={"width": 390, "height": 844}, **options)
    register(ada)
    verify(ada, elsewhere)
    log_in(ada)
    edit_profile(ada)
    change_password(ada, elsewhere)
    end_sessions(ada, elsewhere, phone)
    recover_password(ada, elsewhere)
    recover_user_name(elsewhere)
    change_address(ada, elsewhere)
    confirm_identity(ada)
    delete_account(ada)
    ada.site.wait_for_outbox()
    assert [mail["subject"] for mail in ada.site.postbox.messages] == []


def register(ada: Visitor) -> None:
    ada.open("account_login")
    ada.sees("Log in")
    ada.go_on("account_signup")
    ada.sees("Create your account")
    ada.press("Create account")
    ada.sees_error("Create your account", "Email address: ", "User name: ", "Password: ")
    ada.fill(email="ada@", username="ada lovelace", first_name="Ada")
    ada.fill(password="password", password2="passwort")
    ada.press("Create account")
    ada.sees_error("Create your account", "Email address: ", "User name: ", "password_mismatch")
    expect(ada.field("email")).to_have_value("ada@")
    expect(ada.field("first_name")).to_have_value("Ada")
    expect(ada.field("password")).to_have_value("")
    # An error leads to its field.
    ada.page.get_by_role("alert").get_by_role("link").first.click()
    expect(ada.field("email")).to_be_focused()
    ada.fill(email=ADDRESS, username="ada", password="password", password2="password")
    ada.press("Create account")
    ada.sees_error("Create your account", "Password: Use at least 15 characters.", "too common")
    ada.fill(password=PASSWORD, password2=PASSWORD)
    ada.press("Create account")
    ada.sees("Confirm your email address", "Nothing arrived?", state="sent")


def verify(ada: Visitor, elsewhere: Visitor) -> None:
    first = ada.site.mailed_link(ADDRESS, "Confirm your email address")
    elsewhere.open(first)
    elsewhere.sees(
        "Confirm your email address", "You registered in another browser", state="choose password"
    )
    ada.fill(email=ADDRESS)
    ada.press("Send it again")
    ada.sees("Confirm your email address", "mail_success", state="sent again")
    link = ada.site.mailed_link(ADDRESS, "Confirm your email address")
    ada.open(link)
    assert link.rsplit("/", 2)[1] not in ada.page.url
    ada.sees("Confirm your email address", "Press the button", state="confirm")
    assert get_user_model().objects.get().status == "unverified"
    ada.press("Confirm address")
    ada.at("account_profile")
    ada.sees("Your profile", "verification_success", state="just confirmed")
    elsewhere.press("Save password and confirm address")
    elsewhere.sees("Confirm your email address", "link_invalid", state="dead", status=404)
    ada.press("Log out")
    ada.sees("Log in", "logged_out", state="logged out")


def log_in(ada: Visitor) -> None:
    ada.press("Log in")
    ada.sees_error("Log in", "Email address or user name: ", "Password: ")
    ada.fill(login="ada", password="not her passphrase")
    ada.press("Log in")
    ada.sees_error("Log in", "login_invalid")
    expect(ada.field("login")).to_have_value("ada")
    expect(ada.field("password")).to_have_value("")
    ada.fill(password=PASSWORD, remember=True)
    ada.press("Log in")
    ada.at("account_profile")
    ada.open("account_logout")
    ada.sees("Log out")
    ada.press("Log out")
    ada.sees("Log in", "logged_out", state="logged out")
    # To the page that was asked for, and by the address in another spelling.
    ada.open("account_sessions")
    ada.sees("Log in", state="asked for")
    ada.fill(login="ADA@Example.com", password=PASSWORD)
    ada.press("Log in")
    ada.at("account_sessions")


def edit_profile(ada: Visitor) -> None:
    ada.open("account_profile")
    ada.fill(first_name="Augusta Ada", last_name="King")
    ada.press("Save changes")
    ada.sees("Your profile", "profile_updated", state="saved")
    expect(ada.field("first_name")).to_have_value("Augusta Ada")
    expect(ada.field("last_name")).to_have_value("King")


def change_password(ada: Visitor, elsewhere: Visitor) -> None:
    enter(elsewhere, "ada", PASSWORD)
    ada.open("account_profile")
    ada.go_on("account_change_password")
    ada.sees("Change your password")
    ada.fill(old_password="not her passphrase", new_password=SECOND, new_password2=SECOND)
    ada.press("Change password")
    ada.sees_error("Change your password", "Current password: ", "old_password")
    ada.fill(old_password=PASSWORD, new_password=SECOND, new_password2=SECOND)
    ada.press("Change password")
    ada.sees("Your profile", "password_changed", state="password changed")
    ada.site.mailed_text(ADDRESS, "was changed")
    elsewhere.page.reload()
    elsewhere.sees("Log in", state="session ended")


def end_sessions(ada: Visitor, elsewhere: Visitor, phone: Visitor) -> None:
    for visitor in (elsewhere, phone):
        enter(visitor, ADDRESS, SECOND, remember=True)
    ada.open("account_sessions")
    ada.sees("Your sessions", "Firefox on Windows", state="three")
    expect(ada.page.get_by_role("listitem").filter(has_text="This device")).to_have_count(1)
    ada.press("Log out Firefox on Windows")
    ada.sees("Your sessions", "session_ended", state="one ended")
    expect(ada.page.locator("main")).not_to_contain_text("Firefox on Windows")
    elsewhere.page.reload()
    elsewhere.at("account_login")
    phone.open("account_sessions")
    phone.sees("Your sessions", "iPhone", state="on a phone")
    ada.press("Log out everywhere else")
    ada.sees("Your sessions", "sessions_ended", state="others ended")
    expect(ada.page.locator("main h2")).to_have_count(1)
    phone.page.reload()
    phone.at("account_login")


def confirm_identity(ada: Visitor) -> None:
    ada.open("account_reauthenticate", query="?next=/auth/sessions/")
    ada.sees("Confirm that it is you")
    ada.fill(password="not her passphrase")
    ada.press("Continue")
    ada.sees_error("Confirm that it is you", "login_invalid")
    ada.fill(password=THIRD)
    ada.press("Continue")
    ada.at("account_sessions")


def delete_account(ada: Visitor) -> None:
    ada.open("account_profile")
    ada.go_on("account_deletion")
    ada.sees("Delete your account", "This cannot be undone.")
    ada.press("Delete my account")
    ada.sees_error("Delete your account", "Current password: ")
    ada.fill(password=THIRD, confirm=True)
    ada.press("Delete my account")
    ada.sees("Log in", "account_deleted", state="account deleted")
    ada.site.mailed_text(OTHER_ADDRESS, "has been deleted")
    ada.fill(login="ada", password=THIRD)
    ada.press("Log in")
    ada.sees_error("Log in", "login_invalid")
    assert not get_user_model().objects.exists()
