"""The site under test, as far as it is not seen in a browser: its mail."""

from __future__ import annotations

import re
import threading
import time
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from authkit.models import Mail
from tests.smtp import SmtpServer

PATIENCE = 15  # seconds


class Postbox(SmtpServer):
    """An SMTP server whose mail can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived = threading.Condition()

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        with self.arrived:
            self.arrived.notify_all()
        return answer

    def take(self, address: str, subject: str) -> EmailMessage:
        """The oldest mail to *address* with these words in its subject, as soon as it is there."""

        def find() -> Any:
            for message in self.messages:
                if message["to"] == address and subject in message["subject"]:
                    return message
            return None

        with self.arrived:
            message = self.arrived.wait_for(find, PATIENCE)
        heads = [(mail["to"], mail["subject"]) for mail in self.messages]
        assert message is not None, f"No mail {subject!r} to {address}, but {heads}"
        self.messages.remove(message)
        assert isinstance(message, EmailMessage)
        return message


class Site:
    """Where the pages are, and where the mail goes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.postbox = Postbox()

    def mailed_text(self, address: str, subject: str) -> str:
        """The text of the mail, which says the same as its HTML."""
        message = self.postbox.take(address, subject)
        text, html = (
            str(part.get_content())
            for kind in ("plain", "html")
            if (part := message.get_body(preferencelist=(kind,)))
        )
        assert set(self.links(text)) <= set(re.findall(r'href="([^"]+)"', html))
        return text

    def mailed_link(self, address: str, subject: str) -> str:
        """The first link of the mail."""
        return self.links(self.mailed_text(address, subject))[0]

    @staticmethod
    def links(text: str) -> list[str]:
        return re.findall(r"https?://\S+", text)

    def wait_for_outbox(self) -> None:
        """Until the mail thread has sent everything."""
        deadline = time.monotonic() + PATIENCE
        with self.postbox.arrived:
            # A row goes a moment after its mail has come, and nobody tells of that.
            while rows := list(Mail.objects.values("purpose", "address", "attempts")):
                assert time.monotonic() < deadline, rows
                self.postbox.arrived.wait(0.02)
