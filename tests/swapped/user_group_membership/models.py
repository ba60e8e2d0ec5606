"""A seat in a team is numbered; a person has Django's groups and permissions too."""

from __future__ import annotations

from django.contrib.auth.models import PermissionsMixin
from django.db import models

from authkit.models import AbstractGroup, AbstractMembership, AbstractUser


class Person(AbstractUser, PermissionsMixin):
    class Meta(AbstractUser.Meta):
        pass


class Team(AbstractGroup):
    class Meta(AbstractGroup.Meta):
        pass


class Seat(AbstractMembership):
    number = models.IntegerField(default=0)

    class Meta(AbstractMembership.Meta):
        pass
