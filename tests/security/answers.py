"""What of an answer an attacker can compare."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
_VERB = re.compile(r'^(INSERT INTO|UPDATE|DELETE FROM|SELECT)\b(?:.*?\bFROM)?\s+["`]?(\w+)', re.S)


class Answer(NamedTuple):
    """A response without what differs by chance and without what the sender typed."""

    status: int
    location: str
    headers: tuple[str, ...]
    cookies: tuple[str, ...]
    body: str


def canonical(response: Any, *echoes: str) -> Answer:
    """*response* with the CSRF token and the typed *echoes* taken out."""
    body = _TOKEN.sub("", response.content.decode())
    for echo in echoes:
        body = body.replace(escape(echo), "…")
    return Answer(
        response.status_code,
        response.headers.get("Location", ""),
        tuple(sorted(response.headers)),
        tuple(sorted(response.cookies)),
        body,
    )


def queries(action: Callable[[], Any]) -> list[tuple[str, str]]:
    """The kind and the table of every statement that *action* runs, in order."""
    with CaptureQueriesContext(connection) as captured:
        action()
    found = (_VERB.match(query["sql"]) for query in captured)
    return [(match[1], match[2]) for match in found if match]


def writes(action: Callable[[], Any]) -> list[tuple[str, str]]:
    """As ``queries``, without what only reads."""
    return [query for query in queries(action) if query[0] != "SELECT"]


def goes_to(response: Any, page: str) -> tuple[str, str]:
    """Scheme and host where a browser ends up that gets *response* at *page*."""
    return leads_to(response.headers["Location"], page)


def leads_to(url: str, page: str) -> tuple[str, str]:
    """Scheme and host of *url* on *page*, read as leniently as browsers do."""
    plain = re.sub(r"[\t\r\n]", "", url.strip("".join(map(chr, range(33))))).replace("\\", "/")
    # A special scheme needs no slashes, and any number of them will do.
    plain = re.sub(r"^(https?:)/*", r"\1//", plain, flags=re.IGNORECASE)
    plain = re.sub(r"^/{2,}", "//", plain)
    try:
        target = urlsplit(urljoin(page, plain))
    except ValueError:
        return "", "nowhere"
    return target.scheme, target.netloc
