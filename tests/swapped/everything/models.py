"""The longest names that a table may have beside them; users have UUIDs as keys."""

from __future__ import annotations

import uuid

from django.db import models

from authkit.models import (
    AbstractEvent,
    AbstractGroup,
    AbstractMembership,
    AbstractPermission,
    AbstractUser,
)


class Person(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta(AbstractUser.Meta):
        pass


class OrganisationalUnitOfTheHolding(AbstractGroup):
    class Meta(AbstractGroup.Meta):
        pass


class AppointmentToAnOrganisationalUnit(AbstractMembership):
    class Meta(AbstractMembership.Meta):
        pass


class Competence(AbstractPermission):
    class Meta(AbstractPermission.Meta):
        pass


class Entry(AbstractEvent):
    class Meta(AbstractEvent.Meta):
        pass
