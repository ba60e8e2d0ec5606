"""What is shared."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse

from authkit import PermittedQuerySet


class Document(models.Model):
    """A text that belongs to somebody."""

    title = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="documents"
    )

    objects = PermittedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page that shows it."""
        return reverse("documents:read", args=[self.pk])
