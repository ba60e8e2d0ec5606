"""Signals of authkit, sent inside the transaction of the change."""

from __future__ import annotations

from django.dispatch import Signal

# A user was created, changed or deleted.
# Arguments: user (None for a bulk call, or when deleted along with another record), pk (None for a
# bulk call), action (see authkit.models.Action), data (dict, JSON-serialisable, without secrets),
# using, users (those that a bulk call is known to have made).
user_changed = Signal()

# A group, membership, permission or tag was created, changed or deleted.
# Arguments: instance and pk (None for a bulk call), action ("create", "update" or "delete"), data,
# using.
row_changed = Signal()
