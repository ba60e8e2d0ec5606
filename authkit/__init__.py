"""Accounts and authorization for Django."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import auth as auth
    from .authz import rules as rules
    from .authz.querysets import PermittedQuerySet as PermittedQuerySet
    from .authz.requires import public as public
    from .authz.requires import requires as requires
    from .authz.requires_classes import RequiresMixin as RequiresMixin

__all__ = [
    "PermittedQuerySet",
    "RequiresMixin",
    "__version__",
    "auth",
    "public",
    "requires",
    "rules",
]

__version__ = "0.1.0"

# Where they are: imported when they are asked for, since most need models that Django has to load.
_PLACES = {
    "PermittedQuerySet": ("authkit.authz.querysets", "PermittedQuerySet"),
    "RequiresMixin": ("authkit.authz.requires_classes", "RequiresMixin"),
    "auth": ("authkit.auth", None),
    "public": ("authkit.authz.requires", "public"),
    "requires": ("authkit.authz.requires", "requires"),
    "rules": ("authkit.authz.rules", None),
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found = import_module(module)
    return found if attribute is None else getattr(found, attribute)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
