"""Who visits the administration pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from authkit.models import Event, Group, Mail, Membership, Permission, Tag
from tests.admin.backend import ALL, GRANTED

MODELS = ("user", "group", "membership", "permission", "event", "tag", "mail")


@pytest.fixture(autouse=True)
def _granting(settings: Any) -> Iterator[None]:
    """Rights beside those that the project's own backend finds."""
    settings.AUTHENTICATION_BACKENDS = [
        *settings.AUTHENTICATION_BACKENDS,
        "tests.admin.backend.GrantingBackend",
    ]
    # A query of the content types counts for whoever asks first.
    ContentType.objects.clear_cache()
    yield
    GRANTED.clear()


@pytest.fixture
def root(make_user: Callable[..., Any]) -> Any:
    """A superuser."""
    return make_user(email="root@example.com", username="root", is_staff=True, is_superuser=True)


@pytest.fixture
def make_staff(make_user: Callable[..., Any]) -> Callable[..., Any]:
    """A function that makes a staff member with the given rights: codenames without the app."""

    def make(*names: str, **fields: Any) -> Any:
        user = make_user(is_staff=True, **fields)
        GRANTED[user.pk] = {f"authkit.{name}" for name in names}
        return user

    return make


@pytest.fixture
def clerk(make_staff: Callable[..., Any]) -> Any:
    """A staff member with every right over authkit's models, but no superuser."""
    user = make_staff(email="clerk@example.com", username="clerk")
    GRANTED[user.pk] = set(ALL)
    return user


@pytest.fixture
def assistant(make_user: Callable[..., Any]) -> Any:
    """A staff member with no rights but those that are granted."""
    return make_user(is_staff=True)


@pytest.fixture
def assistant_client(assistant: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(assistant)


@pytest.fixture
def root_client(root: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(root)


@pytest.fixture
def clerk_client(clerk: Any, client_for: Callable[[Any], Client]) -> Client:
    return client_for(clerk)


@pytest.fixture
def rows(make_user: Callable[..., Any], make_group: Callable[..., Any]) -> SimpleNamespace:
    """One row of each model."""
    user = make_user(email="row@example.com", username="row")
    group = make_group("rows", user)
    return SimpleNamespace(
        user=user,
        group=group,
        membership=Membership.objects.get(),
        permission=Permission.objects.add(group, "write", get_user_model()),
        tag=Tag.objects.add("groups", user, "teacher/physics"),
        event=Event.objects.filter(name="user_create").first(),
        mail=Mail.objects.queue("password_reset", user.email, user),
    )


def page(model: str, name: str = "changelist", pk: Any = None) -> str:
    """The path of one of the administration pages of a model."""
    return reverse(f"admin:authkit_{model}_{name}", args=[] if pk is None else [pk])


def form_of(response: Any) -> dict[str, Any]:
    """What a browser would send from the form of a change page as it was rendered."""
    context = response.context
    data = _values(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        data |= _values(inline.formset.management_form)
        for form in inline.formset.forms:
            data |= _values(form)
    return data


def _values(form: Any) -> dict[str, Any]:
    values = {}
    for bound in form:
        value = bound.value()
        widget = bound.field.widget
        name = bound.html_name
        if value is None or value is False:
            continue
        if hasattr(widget, "widgets"):
            for part, text in zip(("0", "1"), widget.decompress(value), strict=True):
                values[f"{name}_{part}"] = "" if text is None else str(text)
        else:
            values[name] = value
    return values


def texts(response: Any) -> list[str]:
    """The messages that the person is told."""
    return [str(message) for message in response.context["messages"]]


def trail(last: int = 0) -> list[tuple[str, str, str, str]]:
    """The events after the one with the key *last*: name, outcome, by whom, whom it concerns."""
    rows = Event.objects.filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("name", "outcome", "actor_key", "user_key"))


@pytest.fixture
def new_events() -> Callable[[], list[tuple[str, str, str, str]]]:
    """A function that returns the events since the last call, without those of logins."""
    seen = [0]

    def events() -> list[tuple[str, str, str, str]]:
        rows = [row for row in trail(seen[0]) if row[0] != "login"]
        seen[0] = max(Event.objects.values_list("pk", flat=True), default=0)
        return rows

    return events


def everything() -> list[Any]:
    """All rows of all models but the events, which attempts add to."""
    models = (get_user_model(), Group, Membership, Permission, Tag, Mail)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def inline(prefix: str, *rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """A formset as it is posted."""
    data: dict[str, Any] = {
        f"{prefix}-TOTAL_FORMS": len(rows),
        f"{prefix}-INITIAL_FORMS": initial,
        f"{prefix}-MIN_NUM_FORMS": 0,
        f"{prefix}-MAX_NUM_FORMS": 1000,
    }
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data
