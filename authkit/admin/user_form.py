"""The form of a user: what the database would refuse is said beside the field."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from authkit.models import identity

from .base import ActorForm


class UserForm(ActorForm):
    """A user without password, status and keys."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Nobody could ever log in to an account without password and address; one that is there
        # is replaced, not removed.
        if "email" in self.fields and (self.instance._state.adding or self.instance.email):
            self.fields["email"].required = True

    def clean_email(self) -> str | None:
        """The address as it is stored; no other account has it, in whatever spelling."""
        address = identity.clean_email(self.cleaned_data["email"] or "")
        self._clean_key("email", identity.email_key(address))
        return address or None

    def clean_username(self) -> str | None:
        """The user name; no other account has it, in whatever spelling."""
        name = (self.cleaned_data["username"] or "").strip()
        self._clean_key("username", identity.username_key(name))
        return name or None

    def _clean_key(self, name: str, key: str) -> None:
        field: Any = get_user_model()._meta.get_field(f"{name}_key")
        if len(key) > field.max_length:
            raise ValidationError(_("This is too long."), code="max_length")
        others = get_user_model()._base_manager.exclude(pk=self.instance.pk)
        if key and others.filter(**{field.name: key}).exists():
            raise ValidationError(_("Another account has this already."), code="unique")
