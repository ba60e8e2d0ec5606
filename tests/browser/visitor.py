"""A person at a browser."""

from __future__ import annotations

import re
from typing import Any, Literal

from django.urls import reverse
from playwright.sync_api import Locator, Page, ViewportSize, expect

from authkit.accounts.messages import DEFAULTS
from tests.browser.inspection import (
    Record,
    Watch,
    check_reflow,
    check_structure,
    run_axe,
)
from tests.browser.site import Site

ColorScheme = Literal["light", "dark"]
# The last one is how the page is left.
LOOKS: tuple[tuple[ViewportSize, ColorScheme], ...] = (
    ({"width": 320, "height": 640}, "dark"),
    ({"width": 1280, "height": 800}, "light"),
)


FORCED = "forced colours"


def in_words(text: str) -> str:
    """The text, where *text* is the key of one."""
    return str(DEFAULTS.get(text, text))


class Visitor:
    """Opens pages, fills in forms, presses buttons, and looks at every page that comes."""

    def __init__(
        self, page: Page, site: Site, record: Record, *, look: str, has_script: bool
    ) -> None:
        self.page = page
        self.site = site
        self.record = record
        self.watch = Watch(page)
        self.look = look
        self.has_script = has_script
        # Forced colours are the reader's own, and axe takes the page's for them here and there.
        self.off = ["color-contrast"] if look == FORCED else []

    def open(self, name: str, *args: Any, query: str = "") -> None:
        """Open a page by the name of its URL, or at its address."""
        url = name if "/" in name else reverse(name, args=args)
        self.page.goto(url + query)

    def fill(self, **values: str | bool) -> None:
        """Fill in fields by their names; a checkbox takes a bool."""
        for name, value in values.items():
            field = self.field(name)
            if isinstance(value, bool):
                field.set_checked(value)
            else:
                field.fill(value)

    def field(self, name: str) -> Locator:
        return self.page.locator(f"main [name='{name}']:visible")

    def press(self, button: str) -> None:
        """Press a button that leads to another page, and wait for that."""
        with self.page.expect_event("load"):
            self.page.get_by_role("button", name=button, exact=True).click()

    def go_on(self, name: str) -> None:
        """Follow the link to the page of this URL name, and wait for that page."""
        with self.page.expect_event("load"):
            self.page.locator(f"main a[href='{reverse(name)}']").click()

    def sees(self, heading: str, text: str = "", *, state: str = "", status: int = 200) -> None:
        """Wait for the page with this heading and text (or its key), and look at it closely."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(self.page.locator("main")).to_contain_text(in_words(text))
        assert self.watch.status == status
        self.inspect(heading + (f" ({state})" if state else ""))

    def sees_error(self, heading: str, *texts: str, status: int = 200) -> None:
        """The page with a summary of errors, which has the focus."""
        summary = self.page.get_by_role("alert")
        expect(summary).to_be_focused()
        for text in texts:
            expect(summary).to_contain_text(in_words(text))
        self.sees(heading, state="errors", status=status)

    def inspect(self, name: str) -> None:
        """Check the page light and wide, dark and narrow; and that it did nothing forbidden."""
        violations = self.check_watch()
        check_structure(self.page)
        for size, scheme in LOOKS:
            self.page.set_viewport_size(size)
            self.page.emulate_media(color_scheme=scheme)
            check_reflow(self.page)
            if self.has_script:  # axe needs it
                assert run_axe(self.page, *self.off) == {}, self.page.url
        self.record.add(name, self.look, "0" if self.has_script else "–", violations)

    def inspect_administration(self, name: str, *rules: str) -> None:
        """Check a page of the administration, where Django itself breaks these rules of axe."""
        assert set(self.survey(f"admin: {name}")) <= set(rules)

    def survey(self, name: str) -> dict[str, list[str]]:
        """What axe finds in a page that is not ours alone; the page may do nothing forbidden."""
        violations = self.check_watch()
        found = run_axe(self.page)
        rules = ", ".join(f"{rule} ×{len(nodes)}" for rule, nodes in sorted(found.items()))
        self.record.add(name, self.look, rules or "0", violations)
        return found

    def check_watch(self) -> int:
        """Nothing forbidden has happened since the last look; the number of such things."""
        assert self.watch.errors == []
        assert self.watch.violations == []
        return len(self.watch.violations)

    def is_told(self, text: str) -> None:
        """Wait for the message of an administration page."""
        expect(self.page.locator(".messagelist")).to_have_text(text)

    def at(self, name: str) -> None:
        """Wait for the page of this URL name."""
        expect(self.page).to_have_url(re.compile(re.escape(reverse(name)) + r"(\?.*)?$"))
