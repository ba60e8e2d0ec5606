"""The lines that a project needs besides AUTHKIT: apps, middleware, passwords, pages, templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import global_settings, settings
from django.core.checks import CheckMessage
from django.shortcuts import resolve_url
from django.template.loader import get_template
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve

from authkit.accounts.backend import AuthkitBackend
from authkit.apps import REQUIRED_APPS
from authkit.validators import PasswordPolicy

from .issue import is_kind_of, issue, load
from .models import has_our_user
from .urls import includes_authkit, urls_load

MISSING_APP = issue(
    "E030", "%(app)r is missing from INSTALLED_APPS.", 'Put into INSTALLED_APPS: "%(app)s",'
)
LATE_APP = issue(
    "E031",
    "'authkit' comes after %(app)r in INSTALLED_APPS, so that the other's templates are taken.",
    'Put "authkit" first; an app of your own that overrides a template of authkit goes before it.',
)
MISSING_MIDDLEWARE = issue(
    "E032", "%(path)r is missing from MIDDLEWARE.", 'Put at the end of MIDDLEWARE: "%(path)s",'
)
EARLY_MIDDLEWARE = issue(
    "E033",
    "%(path)r comes before %(other)r in MIDDLEWARE, without which it knows nobody.",
    'Put "%(path)s" behind it, at the end.',
)
NO_BACKEND = issue(
    "E034",
    "AUTHENTICATION_BACKENDS names no backend of authkit: blocked accounts would be let in.",
    'Put into the settings: AUTHENTICATION_BACKENDS = ["authkit.backends.AuthkitBackend"]',
)
WEAK_HASHER = issue(
    "E035",
    "PASSWORD_HASHERS begins with %(path)r, which is not Argon2id.",
    'Put into the settings: PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]\n'
    "Hashers of passwords that exist already go behind it.",
)
NO_POLICY = issue(
    "E036",
    "AUTH_PASSWORD_VALIDATORS does not name authkit's password policy.",
    "Put into the settings: "
    'AUTH_PASSWORD_VALIDATORS = [{"NAME": "authkit.validators.PasswordPolicy"}]',
)
LEADS_NOWHERE = issue(
    "E037",
    "%(names)s: no page is there.",
    'Put into the settings: LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "account_profile"',
)
NO_URLS = issue(
    "E038",
    "The login page of authkit is not among the URLs.",
    'Put into the urlpatterns of ROOT_URLCONF: path("auth/", include("authkit.urls")),\n'
    "It has no namespace, and stands instead of allauth.urls.",
)
NO_PROCESSOR = issue(
    "E039",
    "No entry of TEMPLATES has the context processor %(path)r.",
    "Put into OPTIONS['context_processors'] of the DjangoTemplates entry: \"%(path)s\",",
)
NO_TEMPLATES = issue(
    "E040",
    "The templates of authkit are not found.",
    'Put into the DjangoTemplates entry of TEMPLATES: "APP_DIRS": True,',
)

# What brings templates, or models in the administration, that authkit has a word in.
BEHIND_AUTHKIT = tuple(
    app for app in REQUIRED_APPS if app.startswith(("allauth", "django.contrib.a"))
)
AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"
OURS = "authkit.middleware.AuthkitMiddleware"
ALLAUTHS = "allauth.account.middleware.AccountMiddleware"
PROCESSORS = (
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
)


def check_project(**kwargs: Any) -> list[CheckMessage]:
    """The project has every line that authkit needs."""
    return [*_apps(), *_middleware(), *_passwords(), *_urls(), *_templates()]


def _apps() -> Iterator[CheckMessage]:
    names = [config.name for config in apps.get_app_configs()]
    yield from (MISSING_APP(app=app) for app in REQUIRED_APPS if app not in names)
    place = names.index("authkit")
    early = [app for app in BEHIND_AUTHKIT if app in names[:place]]
    if early:
        yield LATE_APP(app=early[0])


def listed(name: str) -> list[Any]:
    """A setting that is a list, or nothing."""
    value = getattr(settings, name, None)
    return list(value) if isinstance(value, (list, tuple)) else []


def _middleware() -> Iterator[CheckMessage]:
    paths = listed("MIDDLEWARE")
    for path in (ALLAUTHS, OURS):
        if not places_of(path, paths):
            yield MISSING_MIDDLEWARE(path=path)
    ours, theirs = places_of(OURS, paths), places_of(AUTHENTICATION, paths)
    if ours and (not theirs or ours[0] < theirs[0]):
        yield EARLY_MIDDLEWARE(path=OURS, other=AUTHENTICATION)


def places_of(path: str, paths: list[Any]) -> list[int]:
    """Where *path*, or a class that derives from it, stands in *paths*."""
    base, _error = load(path)
    return [
        place
        for place, other in enumerate(paths)
        if other == path or (isinstance(base, type) and is_kind_of(other, base))
    ]


def _passwords() -> Iterator[CheckMessage]:
    if not any(is_kind_of(path, AuthkitBackend) for path in listed("AUTHENTICATION_BACKENDS")):
        yield NO_BACKEND()
    first = next(iter(listed("PASSWORD_HASHERS")), "")
    hasher, _error = load(first)
    if getattr(hasher, "algorithm", "") != "argon2":
        yield WEAK_HASHER(path=first)
    validators = [item for item in listed("AUTH_PASSWORD_VALIDATORS") if isinstance(item, dict)]
    if not any(is_kind_of(item.get("NAME"), PasswordPolicy) for item in validators):
        yield NO_POLICY()


def _urls() -> Iterator[CheckMessage]:
    if not urls_load():
        return  # Django's own check shows why
    if has_our_user() and not includes_authkit():
        yield NO_URLS()
        return
    names = [name for name in ("LOGIN_URL", "LOGIN_REDIRECT_URL") if _leads_nowhere(name)]
    if names:
        values = (f"{name} = {getattr(settings, name)!r}" for name in names)
        yield LEADS_NOWHERE(names=" and ".join(values))


def _leads_nowhere(name: str) -> bool:
    value = getattr(settings, name)
    try:
        url = resolve_url(value)
    except (NoReverseMatch, TypeError, AttributeError):
        return True
    if value != getattr(global_settings, name):
        return False  # a page that the project chose may be served by something else
    try:
        resolve(url.removeprefix(get_script_prefix().rstrip("/")))
    except Resolver404:
        return True
    return False


def _templates() -> Iterator[CheckMessage]:
    entries = [item for item in listed("TEMPLATES") if isinstance(item, dict)]
    found = {path for item in entries for path in _processors(item)}
    yield from (NO_PROCESSOR(path=path) for path in PROCESSORS if path not in found)
    try:
        get_template("authkit/base.html")
    except Exception:  # no such template, or a broken TEMPLATES
        yield NO_TEMPLATES()


def _processors(entry: dict[str, Any]) -> list[str]:
    options = entry.get("OPTIONS")
    found = options.get("context_processors", []) if isinstance(options, dict) else []
    return list(found) if isinstance(found, (list, tuple)) else []
