"""The models that a project puts in place of authkit's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Field

from authkit.accounts.fields_rw import CLOSED
from authkit.models import (
    AbstractEvent,
    AbstractGroup,
    AbstractMembership,
    AbstractPermission,
    AbstractUserBasic,
)
from authkit.models.swapping import SWAPPABLE_MODELS

from .issue import advice, issue
from .urls import includes_authkit, urls_load

SOURCE_ALONE = issue(
    "E101",
    "%(source)s is swapped, but %(sinks)s, to which its foreign keys lead, is not.",
    "Swap these together and put the models into one app, or swap the second alone: otherwise "
    "their migrations wait for each other.",
)
FOREIGN_USER = issue(
    "E102",
    "The account pages cannot work with the user model %(model)s.",
    'Put into the settings: AUTH_USER_MODEL = "authkit.User"\n'
    "A user model of your own derives from authkit.models.AbstractUser or AbstractUserBasic.",
)
UNKNOWN_FIELD = issue(
    "E103", "%(attribute)s names %(name)r, which is no column of the model.", "%(advice)s"
)
CLOSED_FIELD = issue(
    "E104",
    "%(attribute)s names %(name)r, which no form opens: it decides who somebody is or may do.",
    "Take it out. Address, password and status have pages and verbs of their own.",
)
BAD_ACCESS = issue(
    "E105",
    "%(attribute)s says %(value)r for %(name)r.",
    "Write {name: False}, {name: True} or {name: (readable, writable)}; only an editable field can "
    "be writable.",
)
FOREIGN_MODEL = issue(
    "E106",
    "%(setting)s = %(label)r does not derive from authkit.models.%(base)s.",
    "Derive it, or take the setting out.",
)
UNTARGETABLE = issue(
    "E107",
    "No grant can point at a record of %(model)s, and this page asks for grants on records.",
    "Derive it from Django's ModelAdmin, or take the model out of UNTARGETABLE_MODELS.",
)

USER = "authkit.User"
# Whoever has a foreign key, and where it leads.
SINKS = {
    "AUTHKIT_MEMBERSHIP_MODEL": ("AUTH_USER_MODEL", "AUTHKIT_GROUP_MODEL"),
    "AUTHKIT_PERMISSION_MODEL": ("AUTHKIT_GROUP_MODEL",),
    "AUTHKIT_EVENT_MODEL": ("AUTH_USER_MODEL",),
}
BASES: dict[str, type] = {
    "AUTHKIT_GROUP_MODEL": AbstractGroup,
    "AUTHKIT_MEMBERSHIP_MODEL": AbstractMembership,
    "AUTHKIT_PERMISSION_MODEL": AbstractPermission,
    "AUTHKIT_EVENT_MODEL": AbstractEvent,
}
ATTRIBUTES = ("form_registration_rw", "form_profile_rw")


def user_model() -> Any:
    """The user model, or None where Django itself reports that there is none."""
    try:
        return get_user_model()
    except ImproperlyConfigured:
        return None


def has_our_user() -> bool:
    """Whether the user model derives from ours."""
    model = user_model()
    return isinstance(model, type) and issubclass(model, AbstractUserBasic)


def check_models(**kwargs: Any) -> list[CheckMessage]:
    """What is swapped fits together, and what forms may write are fields."""
    found = [*_swapped(), *_bases()]
    model = user_model()
    if has_our_user():
        return [*found, *(message for name in ATTRIBUTES for message in _access(model, name))]
    if urls_load() and includes_authkit():
        found.append(FOREIGN_USER(obj=model, model=settings.AUTH_USER_MODEL))
    return found


def is_swapped(setting: str) -> bool:
    """Whether the project has put a model of its own in place."""
    default = {**SWAPPABLE_MODELS, "AUTH_USER_MODEL": USER}[setting]
    return bool(str(getattr(settings, setting, default)).lower() != default.lower())


def _swapped() -> Iterator[CheckMessage]:
    for source, sinks in SINKS.items():
        alone = [sink for sink in sinks if not is_swapped(sink)]
        if is_swapped(source) and alone:
            yield SOURCE_ALONE(source=source, sinks=" and ".join(alone))


def _bases() -> Iterator[CheckMessage]:
    for setting, base in BASES.items():
        label = str(getattr(settings, setting))
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            continue  # Django's own check of the foreign keys says so
        if not issubclass(model, base):
            yield FOREIGN_MODEL(obj=model, setting=setting, label=label, base=base.__name__)


def _access(model: Any, attribute: str) -> Iterator[CheckMessage]:
    columns = {field.name: field for field in model._meta.concrete_fields}
    for name, value in _declared(model, attribute):
        names = {"attribute": f"{model.__name__}.{attribute}", "name": name, "value": value}
        if name is None:
            yield BAD_ACCESS(obj=model, **names)
        elif name in CLOSED or getattr(columns.get(name), "primary_key", False):
            if value not in (False, (False, False)):
                yield CLOSED_FIELD(obj=model, **names)
        elif name not in columns:
            yield UNKNOWN_FIELD(obj=model, advice=advice(str(name), columns), **names)
        elif not _is_access(value, columns[name]):
            yield BAD_ACCESS(obj=model, **names)


def _declared(model: Any, attribute: str) -> Iterator[tuple[Any, Any]]:
    """Field and access, merged over the bases; None is the field of what is no dictionary."""
    merged: dict[Any, Any] = {}
    for base in reversed(model.__mro__):
        declared = vars(base).get(attribute, {})
        if isinstance(declared, Mapping):
            merged.update(declared)
        else:
            yield None, declared
    yield from merged.items()


def _is_access(value: object, field: Field[Any, Any]) -> bool:
    pair = value if isinstance(value, tuple) else (value, value)
    flags = len(pair) == 2 and all(isinstance(flag, bool) for flag in pair)
    return flags and (not pair[1] or field.editable)
