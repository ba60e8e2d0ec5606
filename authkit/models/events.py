"""The audit trail: rows that are added and never changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authkit.exceptions import AppendOnlyError

E = TypeVar("E", bound="AbstractEvent")


def new_salt() -> str:
    """A salt for the commitments of an event's personal data."""
    return secrets.token_hex(16)


class Outcome(models.TextChoices):
    """How it ended."""

    SUCCESS = "success", _("success")
    FAILURE = "failure", _("failure")


class EventQuerySet(models.QuerySet[E]):
    """Events; they cannot be changed or deleted through it."""

    def update(self, **values: Any) -> int:
        """Raises AppendOnlyError, always."""
        raise AppendOnlyError("Events are append-only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Raises AppendOnlyError, always."""
        raise AppendOnlyError("Events are append-only.")

    def bulk_update(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> int:
        """Raises AppendOnlyError, always."""
        raise AppendOnlyError("Events are append-only.")

    def bulk_create(  # type: ignore[override]
        self, objs: Iterable[E], batch_size: int | None = None, **kwargs: Any
    ) -> list[E]:
        """Raises AppendOnlyError: an event that is there would be updated."""
        if kwargs.get("update_conflicts"):
            raise AppendOnlyError("Events are append-only.")
        events = list(objs)
        for event in events:
            event.prepare()
        return super().bulk_create(events, batch_size, **kwargs)

    bulk_create.alters_data = True  # type: ignore[attr-defined]


class EventManager(models.Manager[E]):
    """Adds events and finds them."""

    def get_queryset(self) -> EventQuerySet[E]:
        return EventQuerySet(self.model, using=self._db, hints=self._hints)  # type: ignore[attr-defined]


class AbstractEvent(models.Model):
    """Who did what to whom, when, from where, and how it ended.

    ``actor`` and ``user`` are conveniences that a deletion empties; the ``_key`` columns keep the
    identity. ``sequence`` is NULL and ``digest`` empty: the columns of the sealed chain stand, with
    ``salt`` and ``commitment``, but nothing seals events yet.
    """

    sequence = models.BigIntegerField(_("sequence"), null=True, editable=False)
    name = models.CharField(_("event"), max_length=60)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, default=Outcome.SUCCESS
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    actor_key = models.CharField(max_length=64, blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="auth_events",
        verbose_name=_("user"),
    )
    user_key = models.CharField(max_length=64, blank=True, default="")
    target = models.CharField(_("target"), max_length=255, blank=True, default="")
    data = models.JSONField(_("data"), default=dict, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=200, blank=True, default="")
    at = models.DateTimeField(_("time"), default=timezone.now)
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    commitment = models.CharField(max_length=64, blank=True, default="", editable=False)
    digest = models.CharField(_("digest"), max_length=64, blank=True, default="", editable=False)

    objects: ClassVar[EventManager[Self]] = EventManager()

    class Meta:
        abstract = True
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["sequence"], name="%(app_label)s_%(class)s_sequence"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="%(app_label)s_%(class)s_at"),
            models.Index(fields=["name", "at"], name="%(app_label)s_%(class)s_name_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.outcome})"

    def save(self, **kwargs: Any) -> None:
        """Raises AppendOnlyError: the event is stored already."""
        if not self._state.adding:
            raise AppendOnlyError("Events are append-only.")
        self.prepare()
        # Never an UPDATE of the event that has this key already.
        super().save(**{**kwargs, "force_insert": (models.Model,)})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises AppendOnlyError, always."""
        raise AppendOnlyError("Events are append-only.")

    def prepare(self) -> None:
        """Copy the keys of the people, which outlive them."""
        for name in ("actor", "user"):
            pk = getattr(self, f"{name}_id")
            if pk is not None and not getattr(self, f"{name}_key"):
                setattr(self, f"{name}_key", str(pk))
