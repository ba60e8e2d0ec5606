"""What authkit raises; every class carries a stable ``reason``."""

from __future__ import annotations


class AuthkitError(Exception):
    """The base of authkit's errors."""

    reason = "error"


class StatusError(AuthkitError):
    """A change of status that the status machine does not allow."""

    reason = "status_not_allowed"


class StaleUserError(AuthkitError):
    """A write, or a token, based on a version of the user that is no longer the current one."""

    reason = "stale"


class LastSuperuserError(AuthkitError):
    """A change that would leave the project without an active superuser."""

    reason = "last_superuser"


class ProtectedFieldError(AuthkitError):
    """A direct write of a column that only a verb of the manager may write."""

    reason = "protected_field"


class AppendOnlyError(AuthkitError):
    """An attempt to change or delete an event."""

    reason = "append_only"


class NotAllowedError(AuthkitError):
    """An account that outranks the one who acts."""

    reason = "not_allowed"


class NoAddressError(AuthkitError):
    """A mail that was wanted for an account without an address."""

    reason = "no_address"
