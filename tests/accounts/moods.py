"""The mail server of tests/smtp.py with further moods, and a patient look into what it got."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.smtp import Mode, SmtpServer

PATIENCE = 20  # seconds


class MoodyServer(SmtpServer):
    """Also counts who came, hangs up in the middle of a mail, and turns single people away."""

    def __init__(self) -> None:
        super().__init__()
        self.visits = 0
        self.hangs_up = False
        self.unwanted: set[str] = set()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: Any
    ) -> list[str]:
        self.visits += 1
        return await super().handle_EHLO(server, session, envelope, hostname, responses)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.unwanted:
            return "550 5.1.1 No such mailbox"
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hangs_up:
            assert server.transport is not None
            server.transport.abort()
            return "421 4.3.0 Gone"
        return await super().handle_DATA(server, session, envelope)

    def become(self, mood: str) -> None:
        """Take on a mood: a Mode of tests/smtp.py, "down" or "drop"."""
        if mood == "down":
            self.stop()
        elif mood == "drop":
            self.hangs_up = True
        else:
            self.mode = Mode(mood)

    def recover(self) -> None:
        """Work again, whatever the mood was."""
        self.hangs_up, self.mode, self.unwanted = False, Mode.OK, set()
        if self._controller is None:
            self.start()

    def wait_for(self, count: int) -> list[Message]:
        """The messages, once there are as many as *count*."""
        wait_until(lambda: len(self.messages) >= count)
        return self.messages

    def recipients(self) -> list[str]:
        return sorted(str(message["to"]) for message in self.messages)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for *condition*, but not forever."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)
