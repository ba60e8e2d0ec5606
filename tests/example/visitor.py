"""Somebody who uses the demo over HTTP, without JavaScript."""

from __future__ import annotations

import html
import re
from http.cookiejar import CookieJar
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from example_project.people import PASSWORD


class Page(NamedTuple):
    """What came, after all redirects."""

    status: int
    path: str
    text: str
    policy: str

    def links(self) -> dict[str, str]:
        """Where each link leads, by its text."""
        found = re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self.text, re.DOTALL)
        # A link in a list has its explanation within.
        return {html.unescape(text.split("<")[0].strip()): address for address, text in found}

    def options(self) -> dict[str, str]:
        """The value of each option of a choice, by its text."""
        return {
            html.unescape(text): value
            for value, text in re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', self.text)
        }


class Visitor:
    """A browser with its own cookies."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = CookieJar()
        self.opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> Page:
        return self._open(path, None)

    def post(self, path: str, **fields: str) -> Page:
        """Send a form as it stands on the page *path*."""
        self.get(path)
        token = {cookie.name: cookie.value or "" for cookie in self.cookies}["csrftoken"]
        return self._open(path, urlencode({"csrfmiddlewaretoken": token, **fields}).encode())

    def log_in(self, name: str) -> None:
        page = self.post("/auth/login/?next=/documents/", login=name, password=PASSWORD)
        assert (page.status, page.path) == (200, "/documents/")

    def _open(self, path: str, data: bytes | None) -> Page:
        try:
            response = self.opener.open(self.base + path, data, timeout=30)
        except HTTPError as error:
            response = error
        with response:
            parts = urlsplit(response.url)
            path = parts.path + ("?" + parts.query if parts.query else "")
            policy = response.headers["Content-Security-Policy"]
            return Page(response.status, path, response.read().decode(), policy)
