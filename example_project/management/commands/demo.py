"""``manage.py demo``: fill the demo and say what can be tried."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from authkit.models import get_group_model, get_membership_model
from example_project.accounts import accounts, user_of
from example_project.documents import samples
from example_project.people import GROUPS, PASSWORD, PEOPLE, Person


class Command(BaseCommand):
    """Makes what is missing and leaves alone what is there."""

    help = "Makes the demo's accounts, groups and documents where they are missing, and lists them."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            made = sum(make(person) for person in PEOPLE)
            # Later runs keep what people have made of them.
            if made == len(PEOPLE):
                samples.make()
        self.stdout.write(self.page(kept=len(PEOPLE) - made))

    def page(self, *, kept: int) -> str:
        """What the terminal shows."""
        base = settings.BASE_URL
        lines = [
            "",
            f"  authkit demo    {base}/",
            f"  log in          {base}/auth/login/",
            f"  documents       {base}/documents/",
            f"  mail it sent    {base}/outbox/",
            f"  administration  {base}/admin/",
            "",
            f"  The password, unless told otherwise, is  {PASSWORD}",
            "",
            *(f"  {account.email:24}{account.status:12}{account.about}" for account in accounts()),
            "",
        ]
        if kept:
            lines += [
                "  Kept from an earlier run; start anew with: python3 run.py demo --fresh",
                "",
            ]
        return "\n".join([*lines, "  Ctrl-C ends it.", ""])


def make(person: Person) -> bool:
    """Whether the account was missing, and so was made with its memberships."""
    if user_of(person) is not None:
        return False
    user = get_user_model().objects.create_user(
        email=person.email,
        username=person.username,
        password=PASSWORD,
        status=person.status,
        is_staff=person.is_staff,
        is_superuser=person.is_superuser,
    )
    for name in person.groups:
        get_membership_model().objects.add(group_named(name), user)
    return True


def group_named(name: str) -> Any:
    """The group, made on first use."""
    groups = get_group_model().objects
    group = groups.filter(name=name).first()
    return group or groups.create_group(name, description=GROUPS[name])
