"""Sends what is in the outbox, outside of any request."""

from __future__ import annotations

import logging
import os
import threading
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.contrib.auth import get_user_model
from django.db import close_old_connections, connection, transaction
from django.utils import translation

from authkit import audit
from authkit.conf import get_conf
from authkit.models import Mail, Outcome

from . import mails

logger = logging.getLogger("authkit.mail")

# Behind the name of what smtplib or a socket raises.
MAIL_SETTINGS = ". Are the settings of the mail server right: EMAIL_HOST and others, or MAILERS?"
IDLE = 30.0  # seconds between looks for mails that another process has queued or postponed

_wake = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def _after_fork() -> None:
    """A forked worker inherits neither the thread nor those who would let go of the locks."""
    global _wake, _lock, _thread  # one a process
    _wake, _lock, _thread = threading.Event(), threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def drain() -> int:
    """Send every mail that is due; how many were sent."""
    sent = 0
    while (mail := Mail.objects.claim()) is not None:
        sent += deliver(mail)
    return sent


def deliver(mail: Mail) -> bool:
    """Whether *mail* was sent; if the server would not have it, it is tried again later."""
    failure: Exception | None = None
    try:
        with translation.override(mail.language):
            message = mails.compose(mail)
            if message is not None:
                message.send()
    except Exception as error:  # whatever a mail server or a mailer does, others go on
        failure = error
    if failure is None:
        mail.done()
        return message is not None
    # Its text may quote the mail, the address and the server's credentials; so might a traceback
    # of what goes wrong while it is handled.
    hint = MAIL_SETTINGS if isinstance(failure, OSError) else ""
    logger.warning("Mail %s (%s) failed: %s%s", mail.pk, mail.purpose, type(failure).__name__, hint)
    _failed(mail, failure)
    return False


def _failed(mail: Mail, error: Exception) -> None:
    # The server said no, rather than nothing.
    refused = isinstance(error, SMTPRecipientsRefused | SMTPResponseException)
    data = {"purpose": mail.purpose, "attempt": mail.attempts, "refused": refused}
    with transaction.atomic():
        data["again"] = mail.postpone()
        # Asked again: the person may have been deleted in the meantime.
        people = get_user_model()._base_manager
        user = people.filter(pk=mail.user_id).first() if mail.user_id else None
        audit.record("mail_failed", user=user, outcome=Outcome.FAILURE, data=data)


def wake() -> None:
    """See to it that the thread of this process runs and looks now."""
    if not get_conf().MAIL_THREAD:
        return
    global _thread  # one a process
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_run, name="authkit-mail", daemon=True)
            _thread.start()
    _wake.set()


def _run() -> None:
    while True:
        _wake.clear()
        try:
            close_old_connections()
            drain()
        except Exception:  # the thread must go on, whatever was the matter
            logger.exception("The outbox could not be emptied.")
        finally:
            connection.close()
        _wake.wait(IDLE)
