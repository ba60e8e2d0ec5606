"""Records with integers and UUIDs as keys, a proxy, a multi-table child, and one of another app."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

# ruff: noqa: DJ008


class Post(models.Model):
    """A record with an integer as key."""

    title = models.CharField(max_length=50, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )


class Draft(Post):
    """A proxy: the same records."""

    class Meta:
        proxy = True


class Review(Post):
    """A multi-table child: records of its own, under the key of their parents."""

    stars = models.IntegerField(default=0)


class Picture(models.Model):
    """A record with a UUID as key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, null=True)


class Language(models.Model):
    """A record whose key is neither."""

    code = models.CharField(max_length=5, primary_key=True)


class Entry(models.Model):
    """Nothing ever points at it."""

    number = models.IntegerField(default=0)
