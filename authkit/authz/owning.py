"""Whose a record is: the user at the end of a path of foreign keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db.models import Model, Q


def owner_path(model: type[Model], path: str) -> list[Any]:
    """The fields of *path* ("blog__owner"), from *model* to a foreign key to the user model.

    Raises TypeError: it leads elsewhere, or to several.
    """
    fields: list[Any] = []
    of: Any = model
    for part in path.split("__"):
        try:
            fields.append(of._meta.get_field(part))
        except FieldDoesNotExist:
            raise TypeError(f"{path!r} is no path of {model._meta.label}: no {part!r}.") from None
        of = fields[-1].related_model
        if of is None or not (fields[-1].many_to_one or fields[-1].one_to_one):
            raise TypeError(f"{path!r} of {model._meta.label}: {part!r} leads to no single record.")
    if of is not get_user_model() or fields[-1].auto_created and not fields[-1].concrete:
        raise TypeError(f"{path!r} of {model._meta.label} is no foreign key to the user model.")
    return fields


def is_owner(user: Any, record: Model, path: str) -> bool:
    """Whether *path* of *record* names *user*; nobody is named where a null is on it."""
    *way, last = owner_path(record.__class__, path)
    holder: Any = record
    for field in way:
        name = field.name if field.concrete else field.get_accessor_name()
        try:
            holder = getattr(holder, name)
        except ObjectDoesNotExist:  # the other side of a OneToOneField
            return False
        if holder is None:
            return False
    value = getattr(holder, last.attname)
    return value is not None and value == getattr(user, last.target_field.attname)


@dataclass(frozen=True)
class OwnedBy:
    """The records whose *path* names *user*, as a condition of a query; None: those of nobody.

    Which model the path begins at is known where it is used: there a wrong one is a TypeError.
    """

    user: Any
    path: str
    conditional: ClassVar[bool] = True

    def resolve_expression(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """What Django makes a part of *query*."""
        owner_path(query.model, self.path)
        # The second half makes a no of a null, so that what it says can be negated.
        named = Q(**{self.path: self.user, f"{self.path}__isnull": False})
        found = Q(pk__in=[]) if self.user is None else named
        return found.resolve_expression(query, *args, **kwargs)
