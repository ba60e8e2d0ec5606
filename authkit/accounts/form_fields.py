"""Form fields for what a person is known and let in by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from authkit.conf import get_conf
from authkit.models import identity
from authkit.validators import MAX_LENGTH


class PasswordField(forms.CharField):
    """A password exactly as typed: never trimmed, never sent back."""

    def __init__(self, *, autocomplete: str, **kwargs: Any) -> None:
        attrs = {"autocomplete": autocomplete}
        if autocomplete == "new-password":
            attrs["passwordrules"] = f"minlength: {get_conf().PASSWORD_MIN_LENGTH};"
        kwargs.setdefault("strip", False)
        kwargs.setdefault("max_length", MAX_LENGTH)
        super().__init__(widget=forms.PasswordInput(attrs=attrs), **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # A maxlength would cut a pasted password without a word.
        return {
            key: value for key, value in super().widget_attrs(widget).items() if key != "maxlength"
        }


class AddressField(forms.EmailField):
    """An e-mail address in its stored form."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Email address"))
        widget = forms.EmailInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        )
        super().__init__(max_length=identity.LONGEST_ADDRESS, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        value = identity.clean_email(super().clean(value))
        if len(identity.email_key(value)) > identity.LONGEST_ADDRESS:
            raise ValidationError(validate_email.message, code="invalid")
        return value


class UsernameField(forms.CharField):
    """A user name that fits the rules."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("User name"))
        widget = forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )
        super().__init__(max_length=identity.LONGEST_USERNAME, widget=widget, **kwargs)
        self.validators.append(identity.validate_username)
