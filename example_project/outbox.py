"""The mail that the demo sent, read back from the files of Django's file backend."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from django.conf import settings

# What the file backend writes between two messages of one file.
SEPARATOR = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail; *number* counts from 1, the oldest. Headers: ``message["subject"]``."""

    number: int
    message: EmailMessage

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, subtype: str) -> str:
        part = self.message.get_body(preferencelist=(subtype,))
        return str(part.get_content()) if part else ""


def letters() -> list[Letter]:
    """Every mail that was sent, the oldest first."""
    files = sorted(settings.MAIL_FOLDER.glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
    texts = [text for file in files for text in file.read_bytes().split(SEPARATOR) if text.strip()]
    messages = (message_from_bytes(text, EmailMessage, policy=default) for text in texts)
    return [Letter(number, message) for number, message in enumerate(messages, 1)]
