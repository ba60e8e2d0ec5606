"""What a rule is asked about: a request, and the view and records that it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser

from authkit.conf import get_conf
from authkit.models.targets import Target

from . import resolver
from .holders import holder_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Place(NamedTuple):
    """A model, and the part of the URL that has the key of one of its records."""

    model: Any
    param: str


@dataclass
class Access:
    """One attempt to get at a view.

    kwargs: those of the URL. view: the class-based view, set up; make_view: makes it for the rule
    that needs it. record: the one in question, where the caller has it. place: where any part of
    the rule finds its record. turned_down: the records that a rule said no to; None: one that is
    missing.
    """

    request: Any
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    view: Any = None
    make_view: Callable[[], Any] | None = None
    record: Any = None
    place: Place | None = None
    turned_down: list[Target | None] = field(default_factory=list)

    @property
    def user(self) -> Any:
        """Who asks: always ``request.user``, which tokens and the like replace."""
        return getattr(self.request, "user", None) or AnonymousUser()

    @property
    def http_request(self) -> Any:
        """Django's request, also where a framework has wrapped it."""
        return getattr(self.request, "_request", self.request)

    @property
    def is_read(self) -> bool:
        """Whether nothing is to be changed."""
        return self.request.method in SAFE_METHODS

    def mark_asked(self) -> None:
        """Note in the request that a rule was asked."""
        self.http_request.authkit_ruled = True

    def is_hidden(self) -> bool:
        """Whether a record is missing, or is not to be known about: it may not be read."""
        name = get_conf().READ_PERMISSION
        return any(
            target is None or not resolver.may(holder_of(self.user), name, target)
            for target in self.turned_down
        )
