"""Groups and their grants as a TOML file: what one says, or every fault of it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Model
from django.utils import timezone

from authkit.models import get_group_model
from authkit.models.expiry import validate_end
from authkit.models.fields import is_storable
from authkit.models.permissions import check_permission_name
from authkit.models.targets import Target, find_model, is_targetable, key_kind

from .printing import printable

_GROUP_KEYS = {"name", "description", "grants"}
_GRANT_KEYS = {"name", "model", "record", "expires_at"}


class NewGroup(NamedTuple):
    """A group that the same file makes, as what a grant is on."""

    name: str


# Name of the right, and what it is on.
Right = tuple[str, Target | NewGroup]


class PolicyError(ValueError):
    """Every fault that was found in a file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(map(printable, problems)))
        self.problems = problems


@dataclass
class PolicyGroup:
    """What a file says of a group; it leaves a description of None as it is."""

    name: str
    description: str | None = None
    grants: dict[Right, datetime | None] = field(default_factory=dict)


def read(text: str, using: str, file: str) -> list[PolicyGroup]:
    """The groups that *text* names. Raises PolicyError: something in it is wrong or unknown.

    file: what it is called where something is.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Python reads no number of thousands of digits, and no table within thousands of tables.
        raise PolicyError([f"{file}: This is no TOML: {error}"]) from None
    reader = _Reader(using)
    groups = reader.groups(data, file)
    if reader.problems:
        raise PolicyError(reader.problems)
    return groups


class _Reader:
    """Reads all of it, and notes where something is wrong."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.problems: list[str] = []
        self.known: dict[Any, Target | NewGroup] = {}
        self.names: set[str] = set()
        self.owned: set[str] = set()

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Note what is wrong within, and go on behind it."""
        try:
            yield
        except ValidationError as error:
            self.problems.append(f"{place}: {' '.join(error.messages)}")
        except (LookupError, TypeError, ValueError, ObjectDoesNotExist) as error:
            self.problems.append(f"{place}: {error}")

    def groups(self, data: dict[str, Any], file: str) -> list[PolicyGroup]:
        found: dict[str, PolicyGroup] = {}
        with self.at(file):
            _check_keys(data, {"groups"})
        with self.at(file):
            entries = _list(data.get("groups", []), "groups")
            self.names = {name for each in entries if (name := _name(each)) is not None}
            groups: Any = get_group_model()._default_manager.using(self.using)
            own = groups.filter(name__in=self.names).exclude(owner=None)
            self.owned = set(own.values_list("name", flat=True))
            for number, entry in enumerate(entries, 1):
                place = f"groups[{number}]"
                with self.at(place):
                    group = self.group(place, entry)
                    if group.name in found:
                        raise ValueError(f"The group {group.name!r} stands here twice.")
                    found[group.name] = group
        return list(found.values())

    def group(self, place: str, entry: Any) -> PolicyGroup:
        if not isinstance(entry, dict):
            raise TypeError(f"{entry!r} is no table.")
        with self.at(place):
            _check_keys(entry, _GROUP_KEYS)
        name, description = entry.get("name"), entry.get("description")
        if not isinstance(name, str) or not isinstance(description, str | None):
            raise TypeError("A group has a name and may have a description, both text.")
        if not is_storable(name + (description or "")):
            raise ValueError("The name or the description holds what no database stores.")
        if name in self.owned:
            raise ValueError(f"{name!r} is the name of a single person's group.")
        get_group_model()._meta.get_field("name").clean(name, None)
        group = PolicyGroup(name, description)
        for number, each in enumerate(_list(entry.get("grants", []), "grants"), 1):
            with self.at(f"{place} {name!r}, grants[{number}]"):
                right, ends = self.grant(each)
                if right in group.grants:
                    raise ValueError("The same grant stands here twice.")
                group.grants[right] = ends
        return group

    def grant(self, entry: Any) -> tuple[Right, datetime | None]:
        if isinstance(entry, str):
            entry = {"name": entry}
        _check_keys(entry, _GRANT_KEYS)
        check_permission_name(entry.get("name"))
        return (entry["name"], self.target(entry)), _moment(entry.get("expires_at"))

    def target(self, entry: dict[str, Any]) -> Target | NewGroup:
        label, record = entry.get("model"), entry.get("record")
        if label is None:
            if record is not None:
                raise ValueError("Name the model of the record.")
            return Target()
        if not isinstance(label, str):
            raise TypeError(f"{label!r} is no label of a model: write 'app.Model'.")
        model = find_model(label)
        if not is_targetable(model):
            raise LookupError(f"{label} cannot have permissions (UNTARGETABLE_MODELS).")
        if record is None:
            return Target.of(model, using=self.using)
        key = (model, repr(record))
        if key not in self.known:
            self.known[key] = self.record(model, record)
        return self.known[key]

    def record(self, model: type[Model], record: Any) -> Target | NewGroup:
        manager: Any = model._default_manager.db_manager(self.using)
        if hasattr(manager, "get_by_natural_key") and isinstance(record, str | list):
            parts = record if isinstance(record, list) else [record]
            try:
                return Target.of(manager.get_by_natural_key(*parts), using=self.using)
            except ObjectDoesNotExist:
                if model is get_group_model() and parts[0] in self.names:
                    return NewGroup(parts[0])
                if isinstance(record, list) or key_kind(model) is int:
                    raise LookupError(f"There is no {model._meta.label} {record!r}.") from None
            except Exception as error:  # a project's own, for keys that are right
                raise LookupError(f"{record!r} names no {model._meta.label}: {error}") from None
        elif isinstance(record, list):
            raise TypeError(f"{model._meta.label} has no natural keys: write the primary key.")
        target = Target.of_key(model, record, using=self.using)
        if not model._base_manager.using(self.using).filter(pk=target.record_key).exists():
            raise LookupError(f"There is no {model._meta.label} with the key {record!r}.")
        return target


def _name(entry: Any) -> str | None:
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) and is_storable(name) else None


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{name} is a list.")
    return value


def _check_keys(entry: Any, known: set[str]) -> None:
    if not isinstance(entry, dict):
        raise TypeError(f"{entry!r} is no table.")
    if unknown := sorted(entry.keys() - known):
        raise ValueError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or timezone.is_naive(value):
        raise TypeError("expires_at is a date and time with an offset: 2030-01-31T12:00:00Z.")
    validate_end(value)
    return value if settings.USE_TZ else timezone.make_naive(value)
