"""The status of an account and the transitions that the status machine allows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from authkit.exceptions import StatusError


class Status(models.TextChoices):
    """What an account may do: only an active one may log in."""

    ACTIVE = "active", pgettext_lazy("account", "active")
    UNVERIFIED = "unverified", _("waiting for the address to be verified")
    PENDING = "pending", _("waiting for approval")
    DISABLED = "disabled", _("disabled until a new password is set")
    BLOCKED = "blocked", pgettext_lazy("account", "blocked")


class Action(models.TextChoices):
    """What can happen to a user; also the name of the event."""

    CREATE = "user_create", _("created")
    UPDATE = "user_update", _("changed")
    DELETE = "user_delete", _("deleted")
    VERIFY = "user_verify", _("address verified")
    APPROVE = "user_approve", _("approved")
    DISABLE = "user_disable", _("disabled")
    BLOCK = "user_block", _("blocked")
    ALLOW = "user_allow", _("allowed")
    PASSWORD = "user_password", _("password set")
    EMAIL = "user_email", _("address changed")
    USERNAME = "user_username", _("user name changed")
    PRIVILEGES = "user_privileges", _("privileges changed")
    END_SESSIONS = "user_end_sessions", _("sessions ended")


def after(action: Action, status: str, blocked_from: str = "", *, approval: bool = False) -> Status:
    """The status that *action* leads to from *status*.

    approval: whether a newly verified person still waits for an administrator.
    Raises StatusError: the status machine has no such transition.
    """
    verified = Status.PENDING if approval else Status.ACTIVE
    table: dict[tuple[Action, str], str] = {
        (Action.VERIFY, Status.UNVERIFIED): verified,
        (Action.APPROVE, Status.PENDING): Status.ACTIVE,
        (Action.DISABLE, Status.ACTIVE): Status.DISABLED,
        (Action.ALLOW, Status.DISABLED): Status.ACTIVE,
        (Action.ALLOW, Status.BLOCKED): blocked_from,
        # A reset proves the mailbox and sets a password: it verifies and re-enables, but never
        # approves, and never lifts a block.
        (Action.PASSWORD, Status.ACTIVE): Status.ACTIVE,
        (Action.PASSWORD, Status.UNVERIFIED): verified,
        (Action.PASSWORD, Status.DISABLED): Status.ACTIVE,
    }
    if action == Action.BLOCK and status != Status.BLOCKED:
        return Status.BLOCKED
    try:
        return Status(table[action, status])
    except KeyError:
        message = f"An account that is {status!r} cannot go through {action.value!r}."
        raise StatusError(message) from None
