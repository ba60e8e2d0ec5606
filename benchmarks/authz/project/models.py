"""People, records, and the ideal schema of the floors."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import PermissionsMixin
from django.db import models

from authkit.models import AbstractUser


class Person(AbstractUser, PermissionsMixin):
    """A user of authkit who has Django's groups too, for guardian."""


class Record(models.Model):
    """What is granted; guardian gets a codename for each action."""

    title = models.CharField(max_length=100)

    class Meta:
        abstract = True
        default_permissions = ("read", "write", "publish", "delete")

    def __str__(self) -> str:
        return self.title


class Doc(Record):
    """The model that the lists are of; it has half of the records."""


class Note(Record):
    """Records beside the docs."""


class Task(Record):
    """Records beside the docs."""


class Photo(Record):
    """Records beside the docs."""


class Report(Record):
    """Records beside the docs."""


class Leaf(Record):
    """Deleted in bulk; never granted, but it could be."""


class PlainLeaf(Record):
    """Deleted in bulk; authkit is told to leave it alone."""


RECORDS: tuple[type[Record], ...] = (Doc, Note, Task, Photo, Report)


class IdealGroup(models.Model):
    """A group of the floors."""

    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.name


class IdealMembership(models.Model):
    """A membership of the floors, found from both ends."""

    pk = models.CompositePrimaryKey("user_id", "group_id")
    user = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    group = models.ForeignKey(IdealGroup, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["group", "user"])]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.group_id}"


class IdealGrant(models.Model):
    """A grant of the floors: numbers only, one index for each direction."""

    pk = models.CompositePrimaryKey("model", "action", "record", "group_id")
    model = models.SmallIntegerField()
    action = models.SmallIntegerField()
    record = models.BigIntegerField()
    group = models.ForeignKey(IdealGroup, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["group", "model", "action", "record"])
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.action} {self.model} {self.record}"
