"""A person works for a company."""

from __future__ import annotations

from django.db import models

from authkit.models import AbstractUser


class Company(models.Model):
    name = models.CharField(max_length=50)

    def __str__(self) -> str:
        return self.name


class Person(AbstractUser):
    company = models.ForeignKey(Company, models.CASCADE, null=True, blank=True)

    class Meta(AbstractUser.Meta):
        pass
