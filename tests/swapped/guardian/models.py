"""The two generic tables of django-guardian, column for column, for what copies from them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models

# ruff: noqa: DJ008


class Generic(models.Model):
    """A permission on a record by the text of its key."""

    permission = models.ForeignKey(Permission, on_delete=models.CASCADE)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_pk = models.CharField(max_length=255)

    class Meta:
        abstract = True


class UserObjectPermission(Generic):
    """One of a user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)


class GroupObjectPermission(Generic):
    """One of a group."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE)
