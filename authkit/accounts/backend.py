"""Authenticates by address or user name and password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import identify_hasher, make_password
from django.http import HttpRequest

from authkit.authz.backend import PermissionBackend
from authkit.conf import get_conf
from authkit.models import Status, identity
from authkit.validators import MAX_LENGTH


def named(credentials: dict[str, Any]) -> Any:
    """What was typed as the name of the account."""
    # allauth may say both; Django's admin and command line "username" for whatever is typed.
    email = credentials.get("email") if "email" in get_conf().LOGIN_METHODS else None
    return email or credentials.get("username")


def check_nothing(password: str) -> None:
    """The work of checking *password*, where there is no hash to check it against."""
    encoded = make_password(password)
    # What Django asks of a stored hash besides: tens of microseconds, which many tries would show.
    identify_hasher(encoded).must_update(encoded)


class AuthkitBackend(PermissionBackend, AuthenticationBackend):
    """One look-up and one hash for every attempt; only active accounts are let in.

    Its ``get_user`` asks the same question, so that a live session ends with the status.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        """The user, or None; the same work whether there is one or not."""
        password = credentials.get("password")
        if not isinstance(password, str) or not 0 < len(password) <= MAX_LENGTH:
            return None
        # The limit of attempts has looked the account up already.
        found = request.__dict__.pop("authkit_found", None) if request is not None else None
        user = found[1] if found and found[0] == named(credentials) else self.find(credentials)
        if request is not None:
            # Whom the attempt was about, for the audit trail and for allauth's login.
            request.authkit_attempt = user  # type: ignore[attr-defined]
            request.authkit_refused = None  # type: ignore[attr-defined]
        if user is None or not user.has_usable_password():
            check_nothing(password)
            return None
        if not user.check_password(password):
            return None
        if self.user_can_authenticate(user):
            return user
        # The password was right: allauth's login may say why not, and nobody else.
        if request is not None:
            request.authkit_refused = user  # type: ignore[attr-defined]
        self._stash_user(user)
        return None

    @staticmethod
    def find(credentials: dict[str, Any]) -> Any:
        """The user whom the credentials name, or None."""
        manager = get_user_model()._default_manager
        methods = get_conf().LOGIN_METHODS
        typed = named(credentials)
        if not isinstance(typed, str) or len(typed) > identity.LONGEST_LOOKUP or "\x00" in typed:
            return None
        if "@" in typed:
            return manager.get_by_email(typed) if "email" in methods else None
        return manager.get_by_username(typed) if "username" in methods else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is active; models without a status have ``is_active``."""
        if hasattr(user, "status"):
            return bool(user.status == Status.ACTIVE)
        return bool(getattr(user, "is_active", True))
