"""Two models to point at; no table is needed for that."""

from __future__ import annotations

import uuid

from django.db import models

# ruff: noqa: DJ008


class Book(models.Model):
    class Meta:
        app_label = "library"
        managed = False


class EBook(Book):
    class Meta:
        app_label = "library"
        proxy = True


class Shelf(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)

    class Meta:
        app_label = "library"
        managed = False


class Label(models.Model):
    text = models.CharField(max_length=20, primary_key=True)

    class Meta:
        app_label = "library"
        managed = False
