"""The project's own steps after a route has done its work."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.module_loading import import_string

from authkit.conf import Dotted, get_conf


def run(name: str, request: HttpRequest, *args: Any) -> HttpResponse | None:
    """The response of the callback *name*, or None to go on as usual."""
    path = get_conf().CALLBACKS.get(name)
    if path is None:
        return None
    response = resolve(path, f"CALLBACKS[{name!r}]")(request, *args)
    if not isinstance(response, HttpResponseBase):
        return None
    return response  # type: ignore[return-value]  # the hints of Django's views know no other


def resolve(path: Dotted, setting: str) -> Any:
    """The object that a dotted path names; *setting* is where it was configured.

    Raises ImproperlyConfigured: it cannot be imported.
    """
    if not isinstance(path, str):
        return path
    try:
        return import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"AUTHKIT {setting} = {path!r}: {error}") from error
