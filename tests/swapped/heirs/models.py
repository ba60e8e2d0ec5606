"""A moderator is a user by another name; an employee is a user with a number."""

from __future__ import annotations

from django.db import models

from authkit.models import User


class Moderator(User):
    class Meta:
        proxy = True


class Employee(User):
    number = models.IntegerField(default=0)
