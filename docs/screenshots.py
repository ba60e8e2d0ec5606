"""Make docs/screenshots/*.png from the demo: `python docs/screenshots.py`.

Needs `pip install playwright pillow`, and on Debian: `apt install chromium fonts-inter`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from socket import create_connection, socket
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from example_project.people import PASSWORD  # noqa: E402  # the checkout need not be installed

FOLDER = ROOT / "docs" / "screenshots"
CHROMIUM = "/usr/bin/chromium"
START_TIMEOUT = 180  # seconds; the first run makes .venv
LARGEST = 60_000  # bytes
DESKTOP: dict[str, Any] = {"viewport": {"width": 1100, "height": 760}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 680},
    "device_scale_factor": 2,
    "has_touch": True,
    "user_agent": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
    ),
}
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
# Chromium takes the default font for "system-ui"; a desktop has a nicer one than a bare Debian.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include>/etc/fonts/fonts.conf</include>
<alias binding="strong"><family>sans</family><prefer><family>Inter</family></prefer></alias>
<alias binding="strong"><family>sans-serif</family><prefer><family>Inter</family></prefer></alias>
<alias binding="strong"><family>system-ui</family><prefer><family>Inter</family></prefer></alias>
</fontconfig>"""


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """The address of a demo that keeps its data in *folder*."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "AUTHKIT_DEMO_FOLDER": str(folder)}
    command = [sys.executable, "run.py", "demo", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The demo does not start.") from None
            time.sleep(0.2)
        else:
            return


class Photographer:
    """Opens windows on the demo and keeps what they show."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base

    def window(self, look: dict[str, Any] | None = None, **options: Any) -> Page:
        context = self.browser.new_context(
            **{"base_url": self.base, **DESKTOP, **(look or {}), **options}
        )
        return context.new_page()

    def log_in(self, name: str, **options: Any) -> Page:
        page = self.window(**options)
        page.goto("/auth/login/")
        page.get_by_label("Email address or user name").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_label("Stay logged in").check()
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url("**/profile/")
        return page

    def keep(self, page: Page, name: str, **options: Any) -> None:
        """Write the picture with as few colours as needed to keep it small."""
        page.mouse.move(0, 0)
        data = page.screenshot(animations="disabled", caret="hide", **options)
        picture = Image.open(BytesIO(data)).convert("RGB")
        path = FOLDER / f"{name}.png"
        picture.quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}  {picture.width}×{picture.height}  {size} bytes")
        if size > LARGEST:
            raise SystemExit(f"{path} is larger than {LARGEST} bytes.")


def entrance(photographer: Photographer) -> None:
    """What everybody sees first."""
    page = photographer.window()
    page.goto("/auth/login/")
    photographer.keep(page, "login")
    page = photographer.window(PHONE, color_scheme="dark")
    page.goto("/auth/login/")
    photographer.keep(page, "login-phone-dark")
    page = photographer.window(PHONE)
    page.goto("/auth/registration/")
    page.get_by_label("Email address").fill("ada@example.com")
    page.get_by_label("User name").fill("ada lovelace")
    page.get_by_role("button", name="Create account").click()
    page.locator("#error-summary").wait_for()
    photographer.keep(page, "registration-errors-phone")


def account(photographer: Photographer) -> None:
    """What a person has inside."""
    page = photographer.log_in("editor")
    photographer.log_in("editor", user_agent=FIREFOX)
    photographer.log_in("editor", look=PHONE)
    page.locator("[name=first_name]").fill("Ada")
    page.locator("[name=last_name]").fill("Lovelace")
    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("Your profile has been saved.").wait_for()
    photographer.keep(page, "profile", full_page=True)
    page.emulate_media(color_scheme="dark")
    page.goto("/auth/sessions/")
    photographer.keep(page, "sessions-dark", full_page=True)


def mail(photographer: Photographer) -> None:
    """A mail as a phone shows it."""
    page = photographer.window(PHONE, color_scheme="dark")
    page.goto("/auth/password_retrieval/")
    page.get_by_label("Email address").fill("editor@example.com")
    page.get_by_role("button", name="Send link").click()
    page.wait_for_url("**/sent/")
    deadline = time.monotonic() + 30
    while page.goto("/outbox/1/").status != 200 and time.monotonic() < deadline:  # type: ignore[union-attr]
        page.wait_for_timeout(200)
    photographer.keep(page, "mail-phone-dark", full_page=True)


def administration(photographer: Photographer) -> None:
    """What administrators work with."""
    page = photographer.log_in("admin", viewport={"width": 1520, "height": 820})
    page.goto("/admin/authkit/user/")
    photographer.keep(page, "admin-users")
    page.get_by_role("link", name="pending@example.com").click()
    photographer.keep(page, "admin-user")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        fonts = Path(place) / "fonts.conf"
        fonts.write_text(FONTS)
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu"],
            env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        )
        with demo(Path(place) / "demo") as base:
            photographer = Photographer(browser, base)
            for scene in (entrance, mail, account, administration):
                scene(photographer)
        browser.close()


if __name__ == "__main__":
    main()
