"""A stage for the tests of the trail: somebody acts in a browser, and what was recorded is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from authkit.models import get_event_model
from tests.conftest import PASSWORD, Mailbox

ADDRESS = "203.0.113.9"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "an entirely different passphrase"
WRONG = "surely not the right passphrase"

# name, outcome, by whom, about whom
Row = tuple[str, str, str, str]


class Scene:
    """A browser at a known address, the person it may be logged in as, and the events since."""

    def __init__(self, make_user: Callable[..., Any], mailbox: Mailbox) -> None:
        self.make_user = make_user
        self.mailbox = mailbox
        self.client = self.browser()
        self.start()

    def browser(self) -> Client:
        """Another browser, at the same address."""
        return Client(REMOTE_ADDR=ADDRESS, headers={"user-agent": BROWSER})

    def person(self, **fields: Any) -> Any:
        """A user who has not done anything yet."""
        user = self.make_user(**fields)
        self.start()
        return user

    def insider(self, **fields: Any) -> Any:
        """A user who is logged in in the browser."""
        user = self.make_user(**fields)
        self.client.force_login(user)
        self.start()
        return user

    def start(self) -> None:
        """Forget what was recorded until now."""
        self.mailbox.clear()
        self._known = set(get_event_model().objects.values_list("pk", flat=True))

    def post(self, name: str, *args: Any, **data: Any) -> Any:
        return self.client.post(reverse(name, args=args), data)

    def open_link(self, index: int = -1) -> str:
        """Open a mailed link; the path that it leads to."""
        link = self.mailbox.link(index)
        return str(self.client.get(link, follow=True).redirect_chain[-1][0])

    @property
    def events(self) -> list[Any]:
        rows = get_event_model().objects.exclude(pk__in=self._known)
        return list(rows.order_by("pk"))

    @property
    def rows(self) -> list[Row]:
        """What was recorded since the start, all of it from here."""
        events = self.events
        assert {(event.ip, event.user_agent) for event in events} <= {(ADDRESS, BROWSER)}
        return [(event.name, event.outcome, event.actor_key, event.user_key) for event in events]


def done(name: str, actor: Any = None, user: Any = None) -> Row:
    """The row of a success."""
    return name, "success", key(actor), key(user)


def refused(name: str, actor: Any = None, user: Any = None) -> Row:
    """The row of a refusal."""
    return name, "failure", key(actor), key(user)


def key(user: Any) -> str:
    """The key of a user, or "" for nobody."""
    return "" if user is None else str(getattr(user, "pk", user))


def registration(**fields: str) -> dict[str, str]:
    """What somebody types who registers."""
    typed = {
        "email": "ada@example.com",
        "username": "ada",
        "first_name": "Ada",
        "last_name": "L",
        "password": PASSWORD,
        "password2": PASSWORD,
    }
    return typed | fields


@contextmanager
def no_event_can_be_written() -> Iterator[None]:
    """The database refuses every event, as if its disk were full."""
    insert = f"INSERT INTO {connection.ops.quote_name(get_event_model()._meta.db_table)}"

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if sql.startswith(insert):
            raise OperationalError("disk full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield
