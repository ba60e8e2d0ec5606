"""A group that goes with a record of the project is as one that is deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models

from authkit import auth
from authkit.models import Event, Group
from tests.blog.models import Post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(transactional_db: None) -> Iterator[SimpleNamespace]:
    """A company, and a model of groups that go with theirs."""

    class Company(models.Model):  # noqa: DJ008
        class Meta:
            app_label = "blog"

    class Team(Group):
        company = models.ForeignKey(Company, on_delete=models.CASCADE)

        class Meta:
            app_label = "blog"

    ContentType.objects.clear_cache()
    with connection.schema_editor() as editor:
        editor.create_model(Company)
        editor.create_model(Team)
    yield SimpleNamespace(company=Company.objects.create(), teams=Team)
    with connection.schema_editor() as editor:
        editor.delete_model(Team)
        editor.delete_model(Company)
    for name in ("company", "team"):
        apps.all_models["blog"].pop(name)
    apps.clear_cache()
    ContentType.objects.clear_cache()


@pytest.mark.parametrize("many", [False, True])
def test_a_group_that_goes_by_a_cascade_is_forgotten_and_told_of(
    office: Any,
    user: Any,
    serving: Callable[..., AbstractContextManager[Any]],
    *,
    many: bool,
) -> None:
    group = office.teams(name="team", company=office.company)
    group.save()
    auth.add_membership("team", user)
    auth.add_permission("team", "write", Post)
    with serving(user):
        assert auth.has_permission("write", Post)
        company = office.company
        type(company).objects.all().delete() if many else company.delete()
        assert not auth.has_permission("write", Post)
    assert not Group.objects.exists()
    event = Event.objects.get(name__endswith="_delete")
    assert (event.name, event.data) == ("group_delete", {"name": "team"})


def test_a_group_that_is_deleted_itself_is_told_of_once(office: Any) -> None:
    office.teams(name="team", company=office.company).save()
    Group.objects.get().delete()
    office.teams(name="team", company=office.company).save()
    office.teams.objects.get().delete()
    names = Event.objects.filter(name__endswith="_delete").values_list("name", flat=True)
    assert sorted(names) == ["group_delete", "group_delete"]
