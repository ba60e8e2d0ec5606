"""What every page has to be: free of axe and CSP violations, named, and usable at any width."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response, expect

# WCAG 2.2 up to AA, and what axe thinks beyond it.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = """async ([values, off]) => {
  const rules = Object.fromEntries(off.map((rule) => [rule, {enabled: false}]));
  // Preloading puts the page's styles into it once more, which its policy forbids.
  const {violations} = await axe.run({
    runOnly: {type: "tag", values}, rules, preload: false
  });
  return violations.map(({id, nodes}) => [id, nodes.map((node) => node.html)]);
}"""
# The browser tells of a violation only those who listen; the binding keeps it over a navigation.
LISTENER = """addEventListener("securitypolicyviolation", (event) => reportViolation(
  `${event.effectiveDirective} ${event.blockedURI || "inline"} ${event.sample}`
));"""


class ToolMissingError(RuntimeError):
    """The browser tests cannot run; the text says what to install."""


@cache
def axe_source() -> str:
    """The script of axe-core, from the file that AXE_CORE names."""
    path = Path(os.environ.get("AXE_CORE") or "node_modules/axe-core/axe.min.js")
    if not path.is_file():
        raise ToolMissingError(
            f"axe-core is not at {path.resolve()}. Run: npm install --no-save axe-core@4.14.1, "
            "or name its axe.min.js in the variable AXE_CORE; `tox -e browser` does both."
        )
    return path.read_text()


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the table at the end of the run."""

    page: str
    look: str
    axe: str
    csp: int


@dataclass
class Record:
    """Everything that was looked at, in the order of the walk."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, page: str, look: str, axe: str, csp: int) -> None:
        self.findings.append(Finding(page, look, axe, csp))

    def lines(self) -> Iterable[str]:
        """The table; what was met several times in the same state is one line with a number."""
        counts = Counter(self.findings)
        width = max(len(finding.page) for finding in counts)
        yield f"{'page and state':{width}}  {'look':28}  {'axe':>4}  {'CSP':>3}"
        for row, number in counts.items():
            times = f"  ({number} times)" if number > 1 else ""
            yield f"{row.page:{width}}  {row.look:28}  {row.axe:>4}  {row.csp:>3}{times}"


class Watch:
    """Notes what goes wrong in a page by itself: CSP violations, errors, missing files."""

    def __init__(self, page: Page) -> None:
        self.violations: list[str] = []
        self.errors: list[str] = []
        self.status = 0
        page.expose_binding("reportViolation", lambda source, text: self.violations.append(text))
        page.add_init_script(LISTENER)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.violations.append(message.text)
        # What could not be loaded is told by its response.
        elif message.type in {"error", "warning"} and "Failed to load" not in message.text:
            self.errors.append(message.text)

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self.status = response.status
        elif response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")


def run_axe(page: Page, *off: str) -> dict[str, list[str]]:
    """What violates the rules, but for those *off*: each rule with the HTML of its nodes.

    Evaluated by the debugger and not put into the page, whose policy would forbid that.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe_source())
    return dict(page.evaluate(AXE, [TAGS, off]))


def check_structure(page: Page) -> None:
    """Language, direction, title, one h1 in one main."""
    html = page.locator("html")
    expect(html).to_have_attribute("lang", re.compile(r"\w"))
    expect(html).to_have_attribute("dir", re.compile("ltr|rtl"))
    expect(page.locator("main")).to_have_count(1)
    heading = page.locator("main h1")
    expect(page.locator("h1")).to_have_count(1)
    expect(heading).to_be_visible()
    title, words = page.title(), heading.inner_text()
    assert words in title
    # Before the heading stands the word "Error", in whatever language.
    assert title.startswith(words) != page.locator("#error-summary").is_visible()


def check_reflow(page: Page) -> None:
    """Nothing sticks out of the page at its present width."""
    widths: list[Any] = page.evaluate("""() => [
      document.documentElement.scrollWidth - document.documentElement.clientWidth,
      [...document.querySelectorAll("main *")]
        .filter((item) => item.getBoundingClientRect().right > innerWidth + 1)
        .map((item) => item.outerHTML.slice(0, 120)),
    ]""")
    assert widths == [0, []]
