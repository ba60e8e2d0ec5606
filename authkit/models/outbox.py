"""The mail that is still to be sent: whom, why and when to try next; never a text or a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .identity import LONGEST_ADDRESS
from .tracked import write_db

CLAIM = timedelta(minutes=5)
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
GIVE_UP = timedelta(days=3)
BATCH = 20
BATCHES = 10


class MailManager(models.Manager["Mail"]):
    """Queues mails and hands them out, each to one sender at a time."""

    def queue(
        self,
        purpose: str,
        address: str | None,
        user: models.Model | None = None,
        *,
        language: str | None = None,
        **data: Any,
    ) -> Mail:
        """A mail to send soon after the transaction commits, in the language of the request.

        language: another one, for somebody who is not who makes the request.
        """
        return self.create(
            purpose=purpose,
            address=address or "",
            user=user,  # type: ignore[misc]  # whatever model AUTH_USER_MODEL names
            data=data,
            language=language or get_language() or settings.LANGUAGE_CODE,
        )

    def queue_for_another(self, purpose: str, user: Any, **data: Any) -> Mail:
        """A mail to *user*, who may not know the language of whoever makes the request."""
        return self.queue(purpose, user.email, user, language=settings.LANGUAGE_CODE, **data)

    def claim(self) -> Mail | None:
        """The next mail that is due, taken by a conditional update; None when none is."""
        rows = self.using(write_db(self))
        now = timezone.now()
        # Another batch, where other senders have been quicker with every mail of this one.
        for _batch in range(BATCHES):
            batch = list(rows.filter(next_try__lte=now).order_by("next_try", "pk")[:BATCH])
            if not batch:
                break
            for mail in batch:
                taken = rows.filter(pk=mail.pk, next_try__lte=now).update(
                    next_try=now + CLAIM, attempts=models.F("attempts") + 1
                )
                if taken:
                    mail.attempts += 1
                    mail.next_try = now + CLAIM
                    return mail
        return None


class Mail(models.Model):
    """One mail to be sent."""

    purpose = models.CharField(_("purpose"), max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
    )
    address = models.CharField(_("address"), max_length=LONGEST_ADDRESS, blank=True)
    language = models.CharField(max_length=20)
    data = models.JSONField(default=dict, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_try = models.DateTimeField(_("next try"), default=timezone.now)
    created_at = models.DateTimeField(_("queued"), default=timezone.now)

    objects: ClassVar[MailManager] = MailManager()

    class Meta:
        verbose_name = _("mail to send")
        verbose_name_plural = _("mails to send")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_try"], name="authkit_mail_next_try"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    def done(self) -> None:
        """It was sent, or there is nothing to send."""
        self.delete()

    def postpone(self) -> bool:
        """Try again later; False and gone when it has been tried for three days."""
        now = timezone.now()
        if now - self.created_at > GIVE_UP:
            self.delete()
            return False
        delay = min(FIRST_DELAY * 2 ** min(self.attempts - 1, 10), LONGEST_DELAY)
        rows = type(self)._base_manager.using(self._state.db)
        rows.filter(pk=self.pk).update(next_try=now + delay)
        return True
