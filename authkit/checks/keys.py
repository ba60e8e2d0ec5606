"""The keys of AUTHKIT and their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from authkit.conf import KNOWN, LEAST_PASSWORD_LENGTH, RULES, fits, get_conf, has_username

from .issue import advice, issue

BASE_URL_LINE = 'AUTHKIT = {"BASE_URL": "https://www.example.com"}'

NOT_A_DICT = issue(
    "E001", "AUTHKIT is of the type %(kind)s, not a dictionary.", f"Write {BASE_URL_LINE}."
)
UNKNOWN_KEY = issue("E002", "AUTHKIT has an unknown key %(key)r.", "%(advice)s")
WRONG_TYPE = issue(
    "E003",
    "AUTHKIT[%(key)r] is %(value)r, which is not %(wanted)s.",
    "Until it is, the default counts: %(default)r.",
)
NO_BASE_URL = issue(
    "E004",
    "AUTHKIT['BASE_URL'] is missing: without it no link can be mailed.",
    f"Put into the settings: {BASE_URL_LINE}",
)
BAD_BASE_URL = issue(
    "E005",
    "AUTHKIT['BASE_URL'] = %(value)r is not an absolute http(s) address without a query.",
    'Write scheme and host, and a port where one is needed: "https://www.example.com".',
)
BAD_LOGIN_METHODS = issue(
    "E006",
    "AUTHKIT['LOGIN_METHODS'] = %(value)r does not name a way to log in.",
    'Write ["email"], ["username"] or ["email", "username"].',
)
NO_USERNAME = issue(
    "E007",
    "AUTHKIT['LOGIN_METHODS'] names 'username', which %(model)s does not have.",
    "Leave it out, or derive the user model from authkit.models.AbstractUser.",
)
SHORT_PASSWORDS = issue(
    "E008",
    "AUTHKIT['PASSWORD_MIN_LENGTH'] = %(value)d lets passwords in that are guessed at once.",
    f"Write at least {LEAST_PASSWORD_LENGTH}; the default is 15.",
)
NOT_POSITIVE = issue(
    "E009",
    "AUTHKIT[%(key)r] = %(value)d is no time that can pass.",
    "It is in seconds, and more than 0.",
)
LONG_IS_SHORTER = issue(
    "E010",
    "AUTHKIT['SESSION_LONG_EXPIRATION'] = %(long)d is less than SESSION_EXPIRATION = %(short)d.",
    "Whoever asks to stay logged in would be logged out sooner: exchange the two.",
)

TIMES = ("SESSION_EXPIRATION", "SESSION_LONG_EXPIRATION", "UNVERIFIED_EXPIRATION")
WANTED = {
    "str": "a string",
    "bool": "True or False",
    "int": "a whole number",
    "Sequence[str]": "a list of strings",
    "Mapping[str, str]": "a dictionary of strings",
    "Mapping[str, Dotted]": "a dictionary of dotted paths or callables",
}


def raw_settings() -> Mapping[Any, Any]:
    """AUTHKIT as the project wrote it; empty where it is no dictionary."""
    raw = getattr(settings, "AUTHKIT", {})
    return raw if isinstance(raw, Mapping) else {}


def raw_value(key: str) -> Any:
    """What the project wrote for *key*, if it is of the right type, or the default."""
    value = raw_settings().get(key)
    return value if fits(key, value) else getattr(get_conf(), key)


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """AUTHKIT is a dictionary of known keys, each with a value that can be used."""
    raw = getattr(settings, "AUTHKIT", {})
    if not isinstance(raw, Mapping):
        return [NOT_A_DICT(kind=type(raw).__name__)]
    return [*_keys(raw), *_base_url(raw), *_values()]


def _keys(raw: Mapping[Any, Any]) -> Iterator[CheckMessage]:
    for key, value in raw.items():
        if key not in KNOWN:
            yield UNKNOWN_KEY(key=key, advice=advice(str(key).upper(), KNOWN))
        elif not fits(key, value):
            default = getattr(type(get_conf())(), key)
            wanted = WANTED[str(KNOWN[key].type)]
            yield WRONG_TYPE(key=key, value=value, wanted=wanted, default=default)


def _base_url(raw: Mapping[Any, Any]) -> Iterator[CheckMessage]:
    url = raw.get("BASE_URL", "")
    if url == "":
        yield NO_BASE_URL()
    elif isinstance(url, str) and not RULES["BASE_URL"](url):
        yield BAD_BASE_URL(value=url)


def _values() -> Iterator[CheckMessage]:
    methods = raw_value("LOGIN_METHODS")
    if not RULES["LOGIN_METHODS"](methods):
        yield BAD_LOGIN_METHODS(value=methods)
    if "username" in methods and not has_username():
        yield NO_USERNAME(model=settings.AUTH_USER_MODEL)
    length = raw_value("PASSWORD_MIN_LENGTH")
    if not RULES["PASSWORD_MIN_LENGTH"](length):
        yield SHORT_PASSWORDS(value=length)
    for key in TIMES:
        if not RULES[key](raw_value(key)):
            yield NOT_POSITIVE(key=key, value=raw_value(key))
    conf = get_conf()
    if conf.SESSION_LONG_EXPIRATION < conf.SESSION_EXPIRATION:
        yield LONG_IS_SHORTER(long=conf.SESSION_LONG_EXPIRATION, short=conf.SESSION_EXPIRATION)
