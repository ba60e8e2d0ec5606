"""What is registered, and what is not; also in a project with models of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model

from authkit.admin import FOREIGN, EventAdmin, UserAdmin
from authkit.models import Event, Group, Mail, Membership, Permission, Tag

ROOT = Path(__file__).resolve().parents[2]


def test_every_model_has_a_page() -> None:
    for model in (get_user_model(), Group, Membership, Permission, Event, Tag, Mail):
        assert admin.site.is_registered(model)
    assert isinstance(admin.site.get_model_admin(get_user_model()), UserAdmin)
    assert isinstance(admin.site.get_model_admin(Event), EventAdmin)


def test_pages_that_pass_the_verbs_by_or_show_secrets_are_gone() -> None:
    there = [label for label in FOREIGN if admin.site.is_registered(apps.get_model(label))]
    assert there == []


SETTINGS = """
from tests.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "people"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
AUTHKIT = {**AUTHKIT, "LOGIN_METHODS": ["email"]}
AUTH_USER_MODEL = "people.Person"
"""
ALL_SWAPPED = """
AUTHKIT_GROUP_MODEL = "people.Team"
AUTHKIT_MEMBERSHIP_MODEL = "people.Place"
AUTHKIT_PERMISSION_MODEL = "people.Right"
AUTHKIT_EVENT_MODEL = "people.Happening"
"""
MODELS = """
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from authkit.models.users import AbstractUserBasic
from authkit.models.groups import AbstractGroup, AbstractMembership
from authkit.models.permissions import AbstractPermission
from authkit.models.events import AbstractEvent

class Person(PermissionsMixin, AbstractUserBasic):
    salary = models.IntegerField(default=0)
"""
FOREIGN_USER = """
from django.contrib.auth.models import AbstractUser

class Person(AbstractUser): pass
"""
SWAPPED = """
class Team(AbstractGroup): pass
class Place(AbstractMembership): pass
class Right(AbstractPermission): pass
class Happening(AbstractEvent): pass
"""
ADMIN = """
from django.contrib import admin
from authkit.admin import UserAdmin
from .models import Person

@admin.register(Person)
class PersonAdmin(UserAdmin):
    list_per_page = 7
"""
VISIT = """
import django; django.setup()
from django.test.utils import setup_test_environment; setup_test_environment()
from django.contrib import admin
from django.core.management import call_command
from django.test import Client
from django.contrib.auth import get_user_model
call_command("check", "--tag", "admin")
call_command("makemigrations", "people", verbosity=0)
call_command("migrate", verbosity=0)
User = get_user_model()
root = User(email="root@example.com", is_staff=True, is_superuser=True)
root.save()
client = Client()
client.force_login(root)
for model, model_admin in admin.site._registry.items():
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    codes = [client.get(base + name).status_code for name in ("", "?q=a", "add/")]
    print(model._meta.label, type(model_admin).__name__, *codes)
other = User(**{"email": "other@example.com", User.USERNAME_FIELD: "other@example.com"})
other.save()
change = client.get(f"/admin/people/person/{other.pk}/change/")
print(sorted(change.context["adminform"].form.fields) if change.status_code == 200 else "none")
"""
OWN = [
    "authkit.Event EventAdmin 200 200 403",
    "authkit.Group GroupAdmin 200 200 200",
    "authkit.Mail MailAdmin 200 200 403",
    "authkit.Membership MembershipAdmin 200 200 200",
    "authkit.Permission PermissionAdmin 200 200 200",
    "authkit.Tag TagAdmin 200 200 200",
]
THEIRS = [
    "authkit.Mail MailAdmin 200 200 403",
    "authkit.Tag TagAdmin 200 200 200",
    "people.Happening EventAdmin 200 200 403",
    "people.Place MembershipAdmin 200 200 200",
    "people.Right PermissionAdmin 200 200 200",
    "people.Team GroupAdmin 200 200 200",
]
PERSON = "people.Person UserAdmin 200 200 200"
OWN_PERSON = "people.Person PersonAdmin 200 200 200"
FIELDS = "['email', 'groups', 'is_staff', 'is_superuser', 'salary', 'user_permissions']"


@pytest.mark.parametrize(
    ("settings_of", "models", "admin_of", "pages", "fields"),
    [
        ("", MODELS, "", [*OWN, PERSON], FIELDS),
        ("", MODELS, ADMIN, [*OWN, OWN_PERSON], FIELDS),
        (ALL_SWAPPED, MODELS + SWAPPED, "", [*THEIRS, PERSON], FIELDS),
        ("", FOREIGN_USER, "", OWN, "none"),
    ],
    ids=["own user", "own user and page", "all own", "a user of another make"],
)
def test_a_project_with_models_of_its_own_has_the_same_pages(
    settings_of: str, models: str, admin_of: str, pages: list[str], fields: str, tmp_path: Path
) -> None:
    app = tmp_path / "people"
    (app / "migrations").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "migrations/__init__.py": "",
        "models.py": models,
        "admin.py": admin_of,
        "../project.py": SETTINGS + settings_of,
    }.items():
        (app / name).write_text(text)
    environment = {
        **os.environ,
        "AUTHKIT_TEST_DB": "sqlite",
        "DJANGO_SETTINGS_MODULE": "project",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
    }
    result = subprocess.run(
        [sys.executable, "-c", VISIT],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    _checked, *lines, last = result.stdout.strip().splitlines()
    assert sorted(lines) == sorted(pages)
    assert last == fields
