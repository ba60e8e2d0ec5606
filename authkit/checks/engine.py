"""The settings of django-allauth, where they and AUTHKIT could say different things."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from authkit.accounts.adapter import AuthkitAccountAdapter
from authkit.conf import ALLAUTH_SETTINGS, get_conf

from .issue import issue, load

NO_GETTER = issue(
    "E050",
    "ALLAUTH_SETTING_GETTER is not set to a function: django-allauth does not read AUTHKIT.",
    'Put into the settings: ALLAUTH_SETTING_GETTER = "authkit.conf.allauth_setting"',
)
FOREIGN_ADAPTER = issue(
    "E051",
    "django-allauth uses the adapter %(path)r, which does not derive from authkit's.",
    "Derive it from authkit.accounts.adapter.AuthkitAccountAdapter; a setting getter of your own "
    "asks authkit.conf.allauth_setting for what it does not know.",
)
STRICT_ENUMERATION = issue(
    "E052",
    'ACCOUNT_PREVENT_ENUMERATION = "strict" lets two accounts have one address, which the '
    "database refuses.",
    "Take it out: authkit answers the same whether an address is taken or not.",
)
CONTRADICTION = issue(
    "E053",
    "%(name)s = %(value)r contradicts authkit, which needs %(wanted)r.",
    "Take %(name)s out%(instead)s.",
)

# What would make django-allauth and authkit disagree, with the key of AUTHKIT that decides it.
DECIDED = {
    "ACCOUNT_LOGIN_METHODS": "LOGIN_METHODS",
    "ACCOUNT_EMAIL_VERIFICATION": "REGISTRATION_VERIFICATION",
    "ACCOUNT_SESSION_REMEMBER": "REMEMBER_OPTION",
    "ACCOUNT_FORMS": "FORMS",
    "ACCOUNT_UNIQUE_EMAIL": "",
    "ACCOUNT_USER_MODEL_USERNAME_FIELD": "",
    "ACCOUNT_LOGOUT_ON_GET": "",
}


def check_engine(**kwargs: Any) -> list[CheckMessage]:
    """django-allauth reads AUTHKIT, and nothing else tells it the contrary."""
    getter, _error = load(getattr(settings, "ALLAUTH_SETTING_GETTER", None))
    if not callable(getter):
        return [NO_GETTER()]
    return [*_adapter(getter), *_contradictions()]


def _adapter(getter: Any) -> Iterator[CheckMessage]:
    try:
        path = getter("ACCOUNT_ADAPTER", "allauth.account.adapter.DefaultAccountAdapter")
    except Exception as error:  # whatever the project's own getter raises
        path = f"{type(error).__name__}: {error}"
    adapter, _error = load(path)
    if not (isinstance(adapter, type) and issubclass(adapter, AuthkitAccountAdapter)):
        yield FOREIGN_ADAPTER(path=path)


def _contradictions() -> Iterator[CheckMessage]:
    if getattr(settings, "ACCOUNT_PREVENT_ENUMERATION", True) == "strict":
        yield STRICT_ENUMERATION()
    for name, key in DECIDED.items():
        if not hasattr(settings, name):
            continue
        value, wanted = getattr(settings, name), ALLAUTH_SETTINGS[name](get_conf())
        if _plain(value) != _plain(wanted):
            instead = f", and set AUTHKIT[{key!r}]" if key else ""
            yield CONTRADICTION(name=name, value=value, wanted=wanted, instead=instead)


def _plain(value: Any) -> Any:
    """*value* so that a list and a set of the same words are equal."""
    return sorted(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else value
