"""What has become of the people's accounts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password

from .people import PASSWORD, PEOPLE, Person

OTHER = "has another password by now"


@dataclass(frozen=True, slots=True)
class Account:
    """A person, and what has become of the account since: *user* is None when it was deleted."""

    person: Person
    user: Any

    @property
    def email(self) -> str:
        return str(self.user.email) if self.user else self.person.email

    @property
    def status(self) -> str:
        return str(self.user.status) if self.user else "deleted"

    @property
    def about(self) -> str:
        """What the person is like, and other than at first."""
        about = self.person.about
        if self.status != self.person.status:
            about = f"began as {self.person.status} ({about})"
        return about if not self.user or has_password(self.user.password) else f"{about}; {OTHER}"


def accounts() -> list[Account]:
    """Everybody, as they are now."""
    return [Account(person, user_of(person)) for person in PEOPLE]


def user_of(person: Person) -> Any:
    """The user, or None: whoever has changed the address is known by the name."""
    users = get_user_model().objects
    return users.get_by_username(person.username) or users.get_by_email(person.email)


@lru_cache(maxsize=64)
def has_password(encoded: str) -> bool:
    """Whether this is a hash of PASSWORD; asked once for each hash, since the answer takes long."""
    return check_password(PASSWORD, encoded)
