"""Who lives in the demo: a person for each status, and who belongs to which group."""

from __future__ import annotations

from dataclasses import dataclass

# One for all: long enough for the default policy, and printed wherever it is needed.
PASSWORD = "plum-harbour-kettle-42"

GROUPS = {
    "administrators": "Run the place.",
    "editors": "Write and publish.",
    "readers": "Read what is shared with them.",
    "staff": "Work here.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account of the demo."""

    username: str
    about: str
    status: str = "active"
    groups: tuple[str, ...] = ()
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def email(self) -> str:
        return f"{self.username}@example.com"


PEOPLE = (
    Person(
        username="admin",
        about="superuser; approves, blocks and allows at /admin/",
        groups=("administrators", "staff"),
        is_staff=True,
        is_superuser=True,
    ),
    Person(username="staff", about="may open /admin/", groups=("staff",), is_staff=True),
    Person(username="editor", about="edits every document", groups=("editors",)),
    Person(username="reader", about="reads what was shared with readers", groups=("readers",)),
    Person(username="unverified", about="has not opened the mailed link", status="unverified"),
    Person(username="pending", about="waits for an administrator's approval", status="pending"),
    Person(username="disabled", about="logs in again after a password reset", status="disabled"),
    Person(username="blocked", about="can do nothing at all", status="blocked"),
)
