"""Advice: what works, but weaker than it could."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.mail.backends.smtp import EmailBackend

from authkit.conf import get_conf

from .issue import is_kind_of, issue
from .models import has_our_user, user_model
from .urls import reverses, urls_load

SHORTISH_PASSWORDS = issue(
    "W201",
    "AUTHKIT['PASSWORD_MIN_LENGTH'] = %(value)d is less than 15.",
    "Fewer characters are enough only beside a second factor (NIST SP 800-63B-4); then silence "
    "this id.",
)
NO_TLS = issue(
    "W202",
    "AUTHKIT['BASE_URL'] = %(value)r: mailed links are opened without TLS.",
    "Write https://.",
)
NO_DELIVERY = issue(
    "W203",
    "The mail backend %(path)r delivers nothing, but people wait for mailed links.",
    "Configure a mail server, or set AUTHKIT['REGISTRATION_VERIFICATION'] to False and disable "
    "the routes that write mail.",
)
NO_TIMEOUT = issue(
    "W204",
    "The connection to the mail server has no timeout: one that hangs holds up all mail.",
    "Set %(setting)s to a few seconds.",
)
LOCAL_CACHE = issue(
    "W205",
    "The cache %(path)r is not shared, so that each process counts login attempts by itself.",
    "Set CACHES['default'] to a server that all processes use (Redis, Memcached, the database).",
)
NO_ADMIN_PAGE = issue(
    "W206",
    "Registrations are to be approved, but the administration has no page for users: the mail "
    "that tells about one cannot be written.",
    'Put into the urlpatterns: path("admin/", admin.site.urls),',
)
NO_LIMITS = issue(
    "W207",
    "ACCOUNT_RATE_LIMITS = False: passwords can be guessed as fast as the server answers.",
    "Take it out, or name only the limits that are to change.",
)

DEAD_LINKS = issue(
    "W208",
    "The route 'password_reset' is disabled, but 'password_retrieval' mails links to it.",
    "Disable both or none.",
)

READABLE_SESSIONS = issue(
    "W209",
    "Sessions are kept in the cookie: whoever has one can read in it whether an address was free "
    "to register, and a copy of it outlives the logout.",
    'Set SESSION_ENGINE to "django.contrib.sessions.backends.db" or another that keeps them here.',
)

ENOUGH = 15  # characters; see authkit.conf
COOKIE_SESSIONS = "django.contrib.sessions.backends.signed_cookies"
UNDELIVERED = frozenset(
    f"django.core.mail.backends.{name}.EmailBackend"
    for name in ("console", "dummy", "filebased", "locmem")
)
UNSHARED = frozenset(
    f"django.core.cache.backends.{name}" for name in ("dummy.DummyCache", "locmem.LocMemCache")
)


def check_security(**kwargs: Any) -> list[CheckMessage]:
    """What is advisable everywhere."""
    return [*_everywhere()]


def _everywhere() -> Iterator[CheckMessage]:
    conf = get_conf()
    if conf.PASSWORD_MIN_LENGTH < ENOUGH:
        yield SHORTISH_PASSWORDS(value=conf.PASSWORD_MIN_LENGTH)
    if getattr(settings, "ACCOUNT_RATE_LIMITS", None) is False:
        yield NO_LIMITS()
    if settings.SESSION_ENGINE == COOKIE_SESSIONS:
        yield READABLE_SESSIONS()
    disabled = set(conf.DISABLED_ROUTES)
    if "password_reset" in disabled and "password_retrieval" not in disabled:
        yield DEAD_LINKS()
    if conf.REGISTRATION_APPROVAL and has_our_user() and urls_load():
        meta = user_model()._meta
        if not reverses(f"admin:{meta.app_label}_{meta.model_name}_change", 1):
            yield NO_ADMIN_PAGE()


def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    """What is advisable where people come: ``manage.py check --deploy``."""
    return [*_deployment()]


def _deployment() -> Iterator[CheckMessage]:
    conf = get_conf()
    if conf.BASE_URL.startswith("http://"):
        yield NO_TLS(value=conf.BASE_URL)
    backend, timeout, setting = mail_settings()
    retrieval = "password_retrieval" not in conf.DISABLED_ROUTES
    if str(backend) in UNDELIVERED and (conf.REGISTRATION_VERIFICATION or retrieval):
        yield NO_DELIVERY(path=backend)
    if timeout is None and is_kind_of(backend, EmailBackend):
        yield NO_TIMEOUT(setting=setting)
    cache = entry_of(settings.CACHES, "default").get("BACKEND")
    if str(cache) in UNSHARED:
        yield LOCAL_CACHE(path=cache)


def entry_of(value: object, name: str) -> dict[str, Any]:
    """The dictionary *name* of the dictionary *value*; empty where either is something else."""
    entry = value.get(name) if isinstance(value, dict) else None
    return entry if isinstance(entry, dict) else {}


def mail_settings() -> tuple[str, object, str]:
    """Backend, timeout and the name of the timeout's setting, from MAILERS where Django has it."""
    mailers = getattr(settings, "MAILERS", None)
    if mailers is None:
        with warnings.catch_warnings():
            # Django 6.1 warns whoever reads these.
            warnings.simplefilter("ignore")
            return settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT, "EMAIL_TIMEOUT"
    entry = entry_of(mailers, "default")
    backend = entry.get("BACKEND", f"{EmailBackend.__module__}.{EmailBackend.__qualname__}")
    timeout = entry_of(entry, "OPTIONS").get("timeout")
    return backend, timeout, "MAILERS['default']['OPTIONS']['timeout']"
