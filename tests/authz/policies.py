"""What the tests of policies share: the export, and the grants that are stored."""

from __future__ import annotations

from io import StringIO
from typing import Any

from django.core.management import call_command

from authkit.models import Permission


def export() -> str:
    """What ``authkit_export`` writes."""
    out = StringIO()
    call_command("authkit_export", stdout=out)
    return out.getvalue()


def stored() -> set[Any]:
    """Every grant: its group, name, target and end."""
    rows = Permission.objects.select_related("group")
    return {(row.group.name, row.name, row.target, row.expires_at) for row in rows}
