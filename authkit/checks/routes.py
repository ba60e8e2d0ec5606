"""The keys that turn routes off, move them and add some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage
from django.http import HttpResponse
from django.urls import URLResolver, path
from django.urls.exceptions import Resolver404
from django.urls.resolvers import RegexPattern

from authkit.accounts.routes import BY_KEY, ROUTES
from authkit.conf import Dotted, get_conf, is_path

from .issue import advice, issue, load
from .keys import raw_value

UNKNOWN_DISABLED = issue(
    "E011", "AUTHKIT['DISABLED_ROUTES'] names the unknown route %(key)r.", "%(advice)s"
)
FIXED_DISABLED = issue(
    "E012",
    "AUTHKIT['DISABLED_ROUTES'] names %(key)r, which the other routes lead to.",
    "Take it out. The route can be moved with ROUTES_PATHS; these cannot be disabled: %(fixed)s.",
)
UNKNOWN_MOVED = issue(
    "E013", "AUTHKIT['ROUTES_PATHS'] names the unknown route %(key)r.", "%(advice)s"
)
BAD_PATH = issue(
    "E014",
    "The route %(key)r cannot be at %(path)r.",
    "A path is relative to the include, ends in a slash and holds nothing to fill in: %(better)r.",
)
SHADOWED = issue(
    "E015",
    "The route %(key)r at %(path)r is out of reach: the route %(other)r answers there.",
    "Give one of them another path in AUTHKIT['ROUTES_PATHS'].",
)
EXTRA_CLASHES = issue(
    "E016",
    "AUTHKIT['EXTRA_ROUTES'] names %(key)r, which is a route or a URL name of authkit's own.",
    "Choose another name. To change a route's form see FORMS, to move it see ROUTES_PATHS.",
)
NOT_IMPORTABLE = issue(
    "E017", "AUTHKIT[%(setting)r][%(key)r] = %(value)r cannot be imported.", "%(error)s"
)
NOT_CALLABLE = issue(
    "E018",
    "AUTHKIT[%(setting)r][%(key)r] is %(value)r, which cannot be called.",
    "Name a plain function; for EXTRA_ROUTES a view, which may be a View class.",
)


def check_routes(**kwargs: Any) -> list[CheckMessage]:
    """Every route that is named exists, every route can be reached."""
    return [*_disabled(), *_moved(), *_extra(), *_shadowed()]


def _disabled() -> Iterator[CheckMessage]:
    known = {*BY_KEY, *raw_value("EXTRA_ROUTES")}
    fixed = [route.key for route in BY_KEY.values() if route.fixed]
    for key in raw_value("DISABLED_ROUTES"):
        if key not in known:
            yield UNKNOWN_DISABLED(key=key, advice=advice(key, known))
        elif key in fixed:
            yield FIXED_DISABLED(key=key, fixed=", ".join(fixed))


def _moved() -> Iterator[CheckMessage]:
    extra = raw_value("EXTRA_ROUTES")
    paths = raw_value("ROUTES_PATHS")
    for key, place in {**{key: f"{key}/" for key in extra}, **paths}.items():
        known = {*BY_KEY, *extra}
        if key not in known:
            yield UNKNOWN_MOVED(key=key, advice=advice(key, known))
        if not is_path(place):
            better = "".join(char for char in place if is_path(f"{char}/") or char == "/")
            better = better.strip("/") or "another/path"
            yield BAD_PATH(key=key, path=place, better=f"{better}/")


def _extra() -> Iterator[CheckMessage]:
    names = {name for route in ROUTES for page in route.pages for name in page.names}
    for key, dotted in raw_value("EXTRA_ROUTES").items():
        if key in BY_KEY or f"account_{key}" in names:
            yield EXTRA_CLASHES(key=key)
        yield from check_callable("EXTRA_ROUTES", key, dotted)


def check_callable(setting: str, key: str, dotted: Dotted) -> Iterator[CheckMessage]:
    """What hinders the object that AUTHKIT[setting][key] names from being called."""
    found, error = load(dotted)
    if error:
        yield NOT_IMPORTABLE(setting=setting, key=key, value=dotted, error=error)
    elif not callable(found):
        yield NOT_CALLABLE(setting=setting, key=key, value=found)


def _shadowed() -> Iterator[CheckMessage]:
    """Every page of every route, looked up as a request would."""
    places = list(_places())
    # Only the names are looked at: which view stands there does not matter.
    patterns = [path(place, HttpResponse, name=key) for key, place in places]
    resolver = URLResolver(RegexPattern(r"^"), patterns)
    seen = set()
    for key, place in places:
        sample = place.replace("<authkit_uid:uidb36>", "1").replace("<str:key>", "key")
        try:
            other = resolver.resolve(sample).url_name
        except Resolver404:  # pragma: no cover - a new converter that the samples do not know
            continue
        if other != key and (key, other) not in seen:
            seen.add((key, other))
            yield SHADOWED(key=key, path=place, other=other)


def _places() -> Iterator[tuple[str, str]]:
    conf = get_conf()
    for route in ROUTES:
        for page in route.pages:
            yield route.key, conf.ROUTES_PATHS.get(route.key, route.path) + page.tail
    for key in conf.EXTRA_ROUTES:
        if key not in BY_KEY:
            yield key, conf.ROUTES_PATHS.get(key, f"{key}/")
