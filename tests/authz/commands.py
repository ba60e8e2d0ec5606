"""Commands as a shell runs them."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command


def run(command: str, *args: object) -> tuple[int, list[str]]:
    """The exit code of a command, and the lines that it writes."""
    out = StringIO()
    try:
        call_command(command, *map(str, args), stdout=out)
    except SystemExit as error:
        return int(error.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()
