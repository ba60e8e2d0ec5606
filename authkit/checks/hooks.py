"""The keys that put the project's own functions, forms and texts in."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.checks import CheckMessage

from authkit.accounts.mails import MAILERS
from authkit.accounts.messages import DEFAULTS
from authkit.accounts.routes import CALLBACKS, FORMS

from .issue import advice, issue, load
from .keys import raw_value
from .routes import check_callable

IS_COROUTINE = issue(
    "E019",
    "AUTHKIT[%(setting)r][%(key)r] is async, and nobody would await it.",
    "Write a plain function: the account pages are synchronous.",
)
UNKNOWN_CALLBACK = issue("E020", "AUTHKIT['CALLBACKS'] has no place for %(key)r.", "%(advice)s")
UNKNOWN_MAILER = issue("E021", "AUTHKIT['MAILERS'] has no place for %(key)r.", "%(advice)s")
WRONG_SIGNATURE = issue(
    "E022",
    "AUTHKIT[%(setting)r][%(key)r] cannot be called with (%(arguments)s).",
    "It is called as %(function)s(%(arguments)s), all of them positional.",
)
UNKNOWN_MESSAGE = issue("E023", "AUTHKIT['MESSAGES'] has no text %(key)r.", "%(advice)s")
UNKNOWN_FORM = issue(
    "E024", "AUTHKIT['FORMS'] names %(key)r, which is no route with a form.", "%(advice)s"
)
NOT_A_FORM = issue(
    "E025",
    "AUTHKIT['FORMS'][%(key)r] is %(value)r, which does not derive from the form of the route.",
    "Derive it from %(base)s.",
)

MAILER_ARGUMENTS = ("user", "data")


def check_hooks(**kwargs: Any) -> list[CheckMessage]:
    """Everything of the project's own can be imported and called as it will be."""
    return [*_callbacks(), *_mailers(), *_messages(), *_forms()]


def _callbacks() -> Iterator[CheckMessage]:
    for key, dotted in raw_value("CALLBACKS").items():
        if key not in CALLBACKS:
            yield UNKNOWN_CALLBACK(key=key, advice=advice(key, CALLBACKS))
        else:
            yield from _function("CALLBACKS", key, dotted, CALLBACKS[key])


def _mailers() -> Iterator[CheckMessage]:
    names = MAILERS.values()
    for key, dotted in raw_value("MAILERS").items():
        if key not in names:
            yield UNKNOWN_MAILER(key=key, advice=advice(key, names))
        else:
            yield from _function("MAILERS", key, dotted, MAILER_ARGUMENTS)


def _function(
    setting: str, key: str, dotted: Any, arguments: tuple[str, ...]
) -> Iterator[CheckMessage]:
    problems = list(check_callable(setting, key, dotted))
    yield from problems
    function, _error = load(dotted)
    if problems:
        return
    if iscoroutinefunction(function):
        yield IS_COROUTINE(setting=setting, key=key)
    elif not takes(function, arguments):
        yield WRONG_SIGNATURE(
            setting=setting,
            key=key,
            arguments=", ".join(arguments),
            function=getattr(function, "__name__", key),
        )


def takes(function: Callable[..., Any], arguments: tuple[str, ...]) -> bool:
    """Whether *function* can be called with as many positional arguments."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError:
        return False
    except ValueError:
        return True  # something built in that does not tell
    return True


def _messages() -> Iterator[CheckMessage]:
    for key in raw_value("MESSAGES"):
        if key not in DEFAULTS:
            yield UNKNOWN_MESSAGE(key=key, advice=advice(key, DEFAULTS))


def _forms() -> Iterator[CheckMessage]:
    for key, dotted in raw_value("FORMS").items():
        base = FORMS.get(key)
        if base is None:
            yield UNKNOWN_FORM(key=key, advice=advice(key, FORMS))
            continue
        problems = list(check_callable("FORMS", key, dotted))
        yield from problems
        found, _error = load(dotted)
        if not problems and not (isinstance(found, type) and issubclass(found, base)):
            name = f"{base.__module__}.{base.__qualname__}"
            yield NOT_A_FORM(key=key, value=found, base=name)
