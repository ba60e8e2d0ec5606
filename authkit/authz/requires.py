"""``requires``, ``RequiresMixin`` and ``public``: what stands in front of a view."""

from __future__ import annotations

from .guard import Guard, RequiresMixin, requires
from .rules import anyone

__all__ = ["Guard", "RequiresMixin", "public", "requires"]

# Says of a view that everybody may see it, which is a rule like any other.
public = requires(anyone)
