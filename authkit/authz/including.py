"""``requires(rule).include("staff.urls")``: every view of an included module behind one rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLResolver, include


def guarded_include(guard: Callable[[Any], Any], arg: Any, namespace: str | None) -> Any:
    """What ``include(arg, namespace)`` gives, guarded; the patterns may be in use elsewhere too.

    arg: also what ``admin.site.urls`` is, which stands in ``path`` without an include.
    """
    if isinstance(arg, tuple) and len(arg) == 3:
        patterns, app_name, own_namespace = arg
        namespace = namespace or own_namespace
        arg = (patterns, app_name)
    module, app_name, namespace = include(arg, namespace)
    patterns = getattr(module, "urlpatterns", module)
    return [guarded(guard, pattern) for pattern in patterns], app_name, namespace


def guarded(guard: Callable[[Any], Any], pattern: Any) -> Any:
    """A copy of *pattern* whose views are guarded, those of nested includes too."""
    if isinstance(pattern, URLResolver):
        return type(pattern)(
            pattern.pattern,
            [guarded(guard, each) for each in pattern.url_patterns],
            pattern.default_kwargs,
            pattern.app_name,
            pattern.namespace,
        )
    return type(pattern)(
        pattern.pattern, guard(pattern.callback), pattern.default_args, pattern.name
    )
