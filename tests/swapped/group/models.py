"""A team has a colour."""

from __future__ import annotations

from django.db import models

from authkit.models import AbstractGroup


class Team(AbstractGroup):
    colour = models.CharField(max_length=10, default="red")

    class Meta(AbstractGroup.Meta):
        pass
