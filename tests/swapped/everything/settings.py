"""The settings of the row."""

from __future__ import annotations

from tests.swapped.base import *  # noqa: F403
from tests.swapped.base import INSTALLED_APPS as OTHERS

INSTALLED_APPS = ["tests.swapped.everything", *OTHERS]
AUTH_USER_MODEL = "people.Person"
AUTHKIT_GROUP_MODEL = "people.OrganisationalUnitOfTheHolding"
AUTHKIT_MEMBERSHIP_MODEL = "people.AppointmentToAnOrganisationalUnit"
AUTHKIT_PERMISSION_MODEL = "people.Competence"
AUTHKIT_EVENT_MODEL = "people.Entry"
