"""A real SMTP server on loopback whose mood a test can change."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.message import Message
from email.policy import default
from enum import StrEnum
from typing import Any

import django
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.counterparts import LOCALHOST, free_port


class Mode(StrEnum):
    OK = "ok"
    REFUSE = "refuse"  # no recipient is accepted
    HANG = "hang"  # the connection stands, no answer comes
    DELAY = "delay"  # the mail is accepted after `seconds`


class SmtpServer:
    """Keeps what it accepted in ``messages``; ``mode`` counts from the next connection on."""

    def __init__(self) -> None:
        self.mode = Mode.OK
        self.seconds = 1.0
        self.messages: list[Message] = []
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname=LOCALHOST, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """From now on connections to the port are refused, until start()."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def settings(self, *, timeout: float = 2) -> dict[str, Any]:
        """The Django settings that send mail here, under either of Django's ways to say so."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        if django.VERSION >= (6, 1):
            options = {"host": LOCALHOST, "port": self.port, "timeout": timeout}
            return {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}
        return {
            "EMAIL_BACKEND": backend,
            "EMAIL_HOST": LOCALHOST,
            "EMAIL_PORT": self.port,
            "EMAIL_TIMEOUT": timeout,
        }

    # What aiosmtpd asks; the names are its own.

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        if self.mode == Mode.HANG:
            await asyncio.Event().wait()
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.mode == Mode.REFUSE:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.mode == Mode.DELAY:
            await asyncio.sleep(self.seconds)
        content = envelope.content
        assert isinstance(content, bytes)
        self.messages.append(message_from_bytes(content, policy=default))
        return "250 OK"
