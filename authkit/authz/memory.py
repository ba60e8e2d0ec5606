"""What was answered already in this request.

It lives in the request, never on a user or in the process; outside of a request nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connections

from authkit.context import get_request


class Memory:
    """The answers of one request."""

    __slots__ = ("answers", "written")

    def __init__(self) -> None:
        self.answers: dict[Any, bool] = {}
        # The connections that were written on inside a transaction which may still roll back: those
        # of the writer, for whoever asks may be another thread of the request.
        self.written: set[Any] = set()


def recall() -> dict[Any, bool] | None:
    """The answers that may be read and added to; None: nothing may be remembered."""
    request = get_request()
    if request is None or "authkit_left" in request.__dict__:
        return None  # what a request has started may go on long after it
    memory: Memory | None = request.__dict__.get("authkit_memory")
    if memory is None:
        memory = request.__dict__["authkit_memory"] = Memory()
    if memory.written:
        memory.written = {writer for writer in memory.written if writer.in_atomic_block}
        memory.answers = {}
    return None if memory.written else memory.answers


def once(ask: Callable[..., bool], *question: Any) -> bool:
    """What ``ask(*question)`` answers, or answered before in this request."""
    known = recall()
    if known is None:
        return ask(*question)
    if (answer := known.get((ask, question))) is None:
        answer = known[ask, question] = ask(*question)
    return answer


def forget(*, using: str, **kwargs: Any) -> None:
    """Something was written that an answer may rest on.

    A request within another, such as that of a test client, forgets for both.
    """
    request = get_request()
    while request is not None:
        memory = request.__dict__.get("authkit_memory")
        if memory is None:
            memory = request.__dict__["authkit_memory"] = Memory()
        # Another dict: a question under way may still write its stale answer into the old one.
        memory.answers = {}
        # Until the outermost block ends, one way or the other: also of one that only now begins.
        memory.written.add(connections[using])
        request = request.__dict__.get("authkit_outer")
