"""Mailed links: signed, bound to purpose, user, address and version, and stored nowhere.

Whoever uses one does so by a conditional update on the version, so that it works once.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.http import HttpRequest

LIFETIMES = {
    "email_verification": 24 * 3600,
    "password_reset": 3600,
    "email_change": 24 * 3600,
    "email_change_cancel": 72 * 3600,
}
_SESSION_KEY = "authkit_claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an opened link proves; ``until`` is a Unix time."""

    purpose: str
    pk: str
    address: str
    version: int
    until: float

    @property
    def user(self) -> Any:
        """The user, if the account is still in the state that the link was made for."""
        return get_user_model()._default_manager.filter(pk=self.pk, version=self.version).first()


def _signer(purpose: str, user: Any, address: str) -> TimestampSigner:
    return TimestampSigner(salt=f"authkit.{purpose}:{user.version}:{address}")


def make(purpose: str, user: Any, address: str) -> str:
    """A token for a link of *purpose*, mailed to *address*."""
    pk = user._meta.pk.value_to_string(user)
    return _signer(purpose, user, address).sign(pk)


def read(purpose: str, token: str) -> Claim | None:
    """What *token* proves, or None: forged, expired, used, or overtaken by a change."""
    users = get_user_model()
    try:
        pk = users._meta.pk.to_python(token.split(":", 1)[0])
        user = users._default_manager.filter(pk=pk).first()
    except (ValidationError, OverflowError):
        return None
    if user is None:
        return None
    # Which address a link was sent to is not in the link: it is what the database holds now.
    for address in _addresses(purpose, user):
        signer = _signer(purpose, user, address)
        try:
            signer.unsign(token, max_age=LIFETIMES[purpose])
        except BadSignature:
            continue
        # No longer than the link itself would have held.
        until = b62_decode(token.split(":")[1]) + LIFETIMES[purpose]
        return Claim(
            purpose=purpose,
            pk=user._meta.pk.value_to_string(user),
            address=address,
            version=user.version,
            until=until,
        )
    return None


def _addresses(purpose: str, user: Any) -> list[str]:
    if purpose == "email_change":
        pending = user.emailaddress_set.filter(primary=False, verified=False)
        return list(pending.values_list("email", flat=True)[:5])
    return [user.email] if user.email else []


def keep(request: HttpRequest, claim: Claim) -> None:
    """Remember in the session what was proved, so that the token can leave the address bar."""
    # A new key, lest whoever has planted the old one shares what is proved here.
    request.session.cycle_key()
    request.session[_SESSION_KEY] = asdict(claim)


def kept(request: HttpRequest, purpose: str) -> Claim | None:
    """What this browser has proved for *purpose*, if it still holds."""
    try:
        claim = Claim(**request.session[_SESSION_KEY])
    except (KeyError, TypeError):
        return None
    return claim if claim.purpose == purpose and claim.until > time.time() else None


def forget(request: HttpRequest) -> None:
    """The claim has been used."""
    request.session.pop(_SESSION_KEY, None)


def forget_of_others(request: HttpRequest, user: Any) -> None:
    """*user* has logged in: what was proved in this browser for another account is not theirs."""
    claim = request.session.get(_SESSION_KEY)
    if claim is not None and claim.get("pk") != user._meta.pk.value_to_string(user):
        forget(request)
