"""What a person sees where the site says no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.visitor import Visitor
from tests.conftest import PASSWORD

Visit = Callable[..., Visitor]


def test_a_disabled_route_is_not_found_and_not_linked(visit: Visit, settings: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": ["registration"]}
    person = visit()
    person.open("account_login")
    expect(person.page.get_by_role("link", name="Create an account")).to_have_count(0)
    person.open("account_signup")
    person.sees("Page not found", "There is nothing at this address", status=404)


def test_too_many_attempts_are_told_and_the_form_keeps_what_was_typed(
    visit: Visit, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip", "login": "1/m/ip"}
    person = visit()
    person.open("account_signup")
    person.press("Create account")
    person.sees_error("Create your account")
    person.fill(email="ada@example.com", password=PASSWORD, password2=PASSWORD)
    person.press("Create account")
    person.sees_error("Create your account", "throttled", status=429)
    expect(person.field("email")).to_have_value("ada@example.com")
    expect(person.field("password")).to_have_value("")


def test_too_many_logins_have_a_page_that_leads_back(visit: Visit, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    person = visit()
    person.open("account_login")
    for _attempt in range(2):
        person.press("Log in")
    person.sees("Too many attempts", "Wait a few minutes", status=429)
    person.go_on("account_login")
    person.at("account_login")


def test_a_form_from_before_another_login_is_refused_readably(
    visit: Visit, make_user: Callable[..., Any]
) -> None:
    make_user(username="ada")
    person = visit()
    person.open("account_login")
    log_in_beside(person)
    person.fill(login="ada", password=PASSWORD)
    person.press("Log in")
    person.sees("This form was out of date", "For your safety, nothing was done", status=403)


def test_an_ordinary_account_is_told_that_the_administration_is_not_open_to_it(
    visit: Visit, make_user: Callable[..., Any]
) -> None:
    make_user(username="ada")
    person = visit()
    person.open("admin:index")
    person.fill(login="ada", password=PASSWORD)
    person.press("Log in")
    text = "This account may not open the administration pages."
    person.sees("You may not open this page", text, status=403)
    person.go_on("account_profile")
    person.at("account_profile")


def log_in_beside(person: Visitor) -> None:
    """Log in through a second tab, which changes the CSRF token."""
    tab = person.page.context.new_page()
    tab.goto(person.page.url)
    tab.locator("[name=login]").fill("ada")
    tab.locator("[name=password]").fill(PASSWORD)
    tab.get_by_role("button", name="Log in", exact=True).click()
    tab.wait_for_url("**/profile/")
    tab.close()
