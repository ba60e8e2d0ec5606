"""How a rule is asked: part by part, in a coroutine or not, and whatever fails denies."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Generator, Iterator
from typing import Any, Protocol, TypeAlias

from asgiref.sync import sync_to_async
from django.http import Http404

from .access import Access

logger = logging.getLogger("authkit.authz")
Answer: TypeAlias = bool | None
Steps: TypeAlias = Generator["Askable", Answer, Answer]


class Askable(Protocol):
    """What is asked here: see ``rule.Rule``."""

    is_async: bool

    def ask(self, access: Access) -> bool: ...

    async def aask(self, access: Access) -> bool: ...

    def walk(self) -> Iterator[Askable]: ...

    def steps(self) -> Steps: ...


def decide(rule: Askable, access: Access) -> Answer:
    """The answer of *rule*."""
    steps = rule.steps()
    try:
        asked = next(steps)
        while True:
            asked = steps.send(_answer(asked, access))
    except StopIteration as end:
        found: Answer = end.value
        return found


async def adecide(rule: Askable, access: Access) -> Answer:
    """The answer of *rule*; what is no coroutine runs in the thread of the database."""
    if not any(part.is_async for part in rule.walk()):
        return await sync_to_async(decide, thread_sensitive=True)(rule, access)
    steps = rule.steps()
    try:
        asked = next(steps)
        while True:
            asked = steps.send(await _aanswer(asked, access))
    except StopIteration as end:
        found: Answer = end.value
        return found


def _answer(rule: Askable, access: Access) -> Answer:
    try:
        return _judged(rule, rule.ask(access))
    except Exception as error:  # whatever it is, it must not let anybody in
        _failed(rule, access, error)
        return None


async def _aanswer(rule: Askable, access: Access) -> Answer:
    if not rule.is_async:
        return await sync_to_async(_answer, thread_sensitive=True)(rule, access)
    try:
        return _judged(rule, await rule.aask(access))
    except Exception as error:
        _failed(rule, access, error)
        return None


def _judged(rule: Askable, answer: Any) -> Answer:
    if isinstance(answer, bool):
        return answer
    if inspect.iscoroutine(answer):
        answer.close()  # it would be reported once more, as never awaited
    logger.error("The rule %r gave %s where True or False is needed.", rule, type(answer).__name__)
    return None


def _failed(rule: Askable, access: Access, error: Exception) -> None:
    if isinstance(error, Http404):
        access.turned_down.append(None)
    else:
        logger.error("The rule %r could not be asked.", rule, exc_info=error)
