"""A room belongs to a group; the setting that names the group is nowhere set."""

from __future__ import annotations

from django.conf import settings
from django.db import models

import authkit.models  # noqa: F401, which gives the setting its default


class Room(models.Model):
    owner = models.ForeignKey(settings.AUTHKIT_GROUP_MODEL, models.CASCADE, related_name="rooms")
    other = models.ForeignKey("authkit.Group", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name
