"""The ``AUTHKIT`` setting, typed and frozen, and what allauth reads from it.

Reading never raises: a mistake falls back to the default here, and ``authkit.checks`` reports it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.core.signals import setting_changed
from django.utils.functional import Promise

Dotted = str | Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """Every key of ``AUTHKIT`` with its type and default; times are in seconds."""

    BASE_URL: str = ""
    SITE_NAME: str = ""
    LOG_EVENTS: bool = True
    FLASH_MESSAGES: bool = True
    SINGLE_TEMPLATE: bool = False
    LOGIN_METHODS: Sequence[str] = ("email",)
    UNICODE_USERNAMES: bool = False
    PASSWORD_MIN_LENGTH: int = 15
    REMEMBER_OPTION: bool = True
    SESSION_EXPIRATION: int = 3600
    SESSION_LONG_EXPIRATION: int = 30 * 24 * 3600
    REGISTRATION_VERIFICATION: bool = True
    REGISTRATION_APPROVAL: bool = False
    UNVERIFIED_EXPIRATION: int = 7 * 24 * 3600
    MAIL_THREAD: bool = True
    SUPERUSER_BYPASS: bool = True
    READ_PERMISSION: str = "read"
    CREATE_USER_GROUPS: str = ""
    EVERYBODY_GROUP: str = ""
    UNTARGETABLE_MODELS: Sequence[str] = (
        "admin",
        "contenttypes",
        "sessions",
        "account",
        "mfa",
        "socialaccount",
        "usersessions",
    )
    MESSAGES: Mapping[str, str] = field(default_factory=dict)
    DISABLED_ROUTES: Sequence[str] = ()
    ROUTES_PATHS: Mapping[str, str] = field(default_factory=dict)
    EXTRA_ROUTES: Mapping[str, Dotted] = field(default_factory=dict)
    CALLBACKS: Mapping[str, Dotted] = field(default_factory=dict)
    MAILERS: Mapping[str, Dotted] = field(default_factory=dict)
    FORMS: Mapping[str, Dotted] = field(default_factory=dict)


KNOWN = {item.name: item for item in fields(Conf)}
SHAPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "Sequence": (list, tuple, set, frozenset),
    "Mapping": (dict,),
}
LOGIN_METHODS = frozenset({"email", "username"})
LEAST_PASSWORD_LENGTH = 8
_PATH = re.compile(r"([\w.~-]+/)+")


def is_base_url(url: str) -> bool:
    """Whether *url* is an absolute address of the web, to which a path can be added."""
    try:
        parts = urlsplit(url)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return complete and not set(url) & set("?#@ \\") and url.isprintable()


def is_path(path: str) -> bool:
    """Whether a route can be there: below the include, with a slash at its end only."""
    return _PATH.fullmatch(path) is not None


def is_user_group_name(pattern: str) -> bool:
    """Whether *pattern* makes another group name of each key, like ``user_%(id)s``."""
    try:
        return pattern % {"id": 1} != pattern % {"id": 2}
    except (KeyError, TypeError, ValueError):
        return False


# What a value must be besides being of its type.
RULES: dict[str, Callable[[Any], bool]] = {
    "BASE_URL": lambda value: not value or is_base_url(value),
    "LOGIN_METHODS": lambda value: bool(value) and set(value) <= LOGIN_METHODS,
    "PASSWORD_MIN_LENGTH": lambda value: value >= LEAST_PASSWORD_LENGTH,
    "SESSION_EXPIRATION": lambda value: value > 0,
    "SESSION_LONG_EXPIRATION": lambda value: value > 0,
    "UNVERIFIED_EXPIRATION": lambda value: value > 0,
    "CREATE_USER_GROUPS": lambda value: not value or is_user_group_name(value),
    "ROUTES_PATHS": lambda value: all(map(is_path, value.values())),
    "EXTRA_ROUTES": lambda value: all(is_path(f"{key}/") for key in value),
}


def shape_of(name: str) -> tuple[type, ...]:
    """The Python types that the value of the key *name* may have."""
    return SHAPES[str(KNOWN[name].type).split("[")[0]]


def fits(name: str, value: Any) -> bool:
    """Whether *value* is of the type of the key *name*, and so are its items; True is no number."""
    shape = shape_of(name)
    fitting = isinstance(value, shape) and not (shape == (int,) and isinstance(value, bool))
    if not fitting:
        return False
    if shape == SHAPES["Mapping"]:
        return all(isinstance(key, str) and _item_fits(name, item) for key, item in value.items())
    return shape != SHAPES["Sequence"] or all(isinstance(item, str) for item in value)


def _item_fits(name: str, item: object) -> bool:
    if "Dotted" in str(KNOWN[name].type):
        return isinstance(item, str) or callable(item)
    return isinstance(item, (str, Promise)) if name == "MESSAGES" else isinstance(item, str)


def is_valid(name: str, value: Any) -> bool:
    """Whether *value* can be used for the key *name*."""
    return fits(name, value) and RULES.get(name, lambda value: True)(value)


@cache
def get_conf() -> Conf:
    """The settings in force."""
    raw = getattr(settings, "AUTHKIT", {})
    if not isinstance(raw, Mapping):
        return Conf()
    return Conf(
        **{key: value for key, value in raw.items() if key in KNOWN and is_valid(key, value)}
    )


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "AUTHKIT":
        get_conf.cache_clear()


setting_changed.connect(_forget, dispatch_uid="authkit.conf")


def site_name() -> str:
    """What pages and mails call the site: ``SITE_NAME``, or the host of ``BASE_URL``."""
    conf = get_conf()
    return conf.SITE_NAME or urlsplit(conf.BASE_URL).netloc


def has_username() -> bool:
    """Whether the user model has a ``username`` field."""
    try:
        apps.get_model(settings.AUTH_USER_MODEL)._meta.get_field("username")
    except (LookupError, FieldDoesNotExist):
        return False
    return True


# The forms that allauth's own views ask for, by our name and by its.
_FORM_NAMES = {"login": "login", "reauthentication": "reauthenticate"}


def _allauth_settings() -> dict[str, Callable[[Conf], Any]]:
    def username_in(conf: Conf) -> bool:
        return "username" in conf.LOGIN_METHODS

    return {
        "ACCOUNT_ADAPTER": lambda conf: "authkit.accounts.adapter.AuthkitAccountAdapter",
        "ACCOUNT_LOGIN_METHODS": lambda conf: set(conf.LOGIN_METHODS),
        "ACCOUNT_SIGNUP_FIELDS": lambda conf: (
            ["email*", "username*", "password1*"] if username_in(conf) else ["email*", "password1*"]
        ),
        "ACCOUNT_EMAIL_VERIFICATION": lambda conf: (
            "mandatory" if conf.REGISTRATION_VERIFICATION else "none"
        ),
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": lambda conf: "username" if has_username() else None,
        "ACCOUNT_SESSION_REMEMBER": lambda conf: None if conf.REMEMBER_OPTION else False,
        "ACCOUNT_FORMS": lambda conf: {
            "login": "authkit.accounts.forms.LoginForm",
            "reauthenticate": "authkit.accounts.forms.ReauthenticationForm",
            **{_FORM_NAMES[key]: form for key, form in conf.FORMS.items() if key in _FORM_NAMES},
        },
        "ACCOUNT_UNIQUE_EMAIL": lambda conf: True,
        "ACCOUNT_CHANGE_EMAIL": lambda conf: True,
        "ACCOUNT_PREVENT_ENUMERATION": lambda conf: True,
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": lambda conf: False,
        "ACCOUNT_EMAIL_SUBJECT_PREFIX": lambda conf: "",
        "ACCOUNT_LOGOUT_ON_GET": lambda conf: False,
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": lambda conf: 15 * 60,
    }


ALLAUTH_SETTINGS = _allauth_settings()


def allauth_setting(name: str, default: Any) -> Any:
    """What allauth gets for the setting *name*: the project's own value first, then authkit's."""
    if hasattr(settings, name):
        return getattr(settings, name)
    if name in ALLAUTH_SETTINGS:
        return ALLAUTH_SETTINGS[name](get_conf())
    return default
