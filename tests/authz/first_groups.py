"""What the tests of the first groups share."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

OWN = "own_%(id)s"
USERS: Any = get_user_model()._default_manager


def groups_of(user: Any) -> set[str]:
    """The names of the groups that *user* is in."""
    return set(user.auth_groups.values_list("name", flat=True))


def verify(user: Any) -> None:
    """Make *user* active, as the link of a mail does."""
    USERS.verify(user)
