"""Which fields of the user model a form may show and write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import fields_for_model

# Columns that decide who somebody is and what they may do: no declaration opens them.
CLOSED = frozenset(
    {
        "id",
        "password",
        "email",
        "email_key",
        "username",
        "username_key",
        "status",
        "blocked_from",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
        "date_joined",
        "version",
        "groups",
        "user_permissions",
    }
)
_AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "phone": "tel",
    "phone_number": "tel",
    "organization": "organization",
    "country": "country-name",
    "birthday": "bday",
    "url": "url",
    "website": "url",
}


def access(model: type[Any], attribute: str) -> dict[str, tuple[bool, bool]]:
    """Field → (readable, writable), merged over the model's bases."""
    merged: dict[str, Any] = {}
    for base in reversed(model.__mro__):
        merged.update(vars(base).get(attribute) or {})
    columns = {field.name for field in model._meta.get_fields() if not field.auto_created}
    pairs = {
        name: value if isinstance(value, tuple) else (value, value)
        for name, value in merged.items()
    }
    return {name: pair for name, pair in pairs.items() if name in columns and name not in CLOSED}


def writable_names(model: type[Any], attribute: str) -> list[str]:
    """The fields that the form may write."""
    return [name for name, (_readable, writable) in access(model, attribute).items() if writable]


def extra_fields(model: type[Any], attribute: str, user: Any = None) -> dict[str, forms.Field]:
    """Form fields for what may be written."""
    names = writable_names(model, attribute)
    fields = fields_for_model(model, fields=names)
    for name, field in fields.items():
        if name in _AUTOCOMPLETE:
            field.widget.attrs.setdefault("autocomplete", _AUTOCOMPLETE[name])
        if user is not None:
            field.initial = getattr(user, name)
    return fields


def readable_fields(user: Any, attribute: str) -> dict[str, forms.Field]:
    """Form fields for what may be seen; those that may not be written are disabled."""
    model = user.__class__
    fields = extra_fields(model, attribute, user)
    shown: dict[str, forms.Field] = {}
    for name, (readable, writable) in access(model, attribute).items():
        if writable and name in fields:
            shown[name] = fields[name]
            if not readable:
                shown[name].initial = None
        elif readable:
            column = model._meta.get_field(name)
            label = str(column.verbose_name)
            shown[name] = forms.CharField(
                label=label[:1].upper() + label[1:],
                disabled=True,
                required=False,
                initial=getattr(user, name),
            )
    return shown
