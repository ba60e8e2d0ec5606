"""Who may do what with a document: the same rules for views, lists and templates."""

from __future__ import annotations

from typing import Any

from authkit import rules

IS_OF_STAFF = rules.has_membership("staff")
OWNS = rules.owns("owner")
MAY_READ = OWNS | rules.has_permission("read")
MAY_WRITE = OWNS | rules.has_permission("write")
MAY_SHARE = OWNS | rules.has_permission("share")
MAY_DELETE = OWNS | rules.has_permission("delete")

# What is given to whom a document is shared with.
SHARED = {"read": ["read"], "write": ["read", "write"]}


def name_of(group: Any) -> str:
    """The group's name, or whose own group it is."""
    return str(group.owner or group.name)
