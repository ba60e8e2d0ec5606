"""The forms of the routes: fields, wording and validation."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from authkit.conf import get_conf, has_username
from authkit.models import identity

from .fields_rw import extra_fields, readable_fields, writable_names
from .form_fields import AddressField, PasswordField, UsernameField
from .messages import text


class LoginForm(AllauthLoginForm):
    """Address or user name, password, and whether to be remembered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        methods = set(get_conf().LOGIN_METHODS)
        self.fields["login"] = _login_field(methods)
        self.fields["password"] = PasswordField(
            label=_("Password"), autocomplete="current-password"
        )
        if "remember" in self.fields:
            self.fields["remember"] = forms.BooleanField(label=_("Stay logged in"), required=False)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Log in, with the long expiration for whoever wants to be remembered."""
        response: HttpResponse = super().login(request, redirect_url)
        conf = get_conf()
        remember = conf.REMEMBER_OPTION and self.cleaned_data.get("remember")
        seconds = conf.SESSION_LONG_EXPIRATION if remember else conf.SESSION_EXPIRATION
        request.session.set_expiry(seconds)
        if not request.user.is_authenticated and LOGIN_SESSION_KEY not in request.session:
            request.session.set_expiry(None)  # refused: the next login here decides anew
        return response


def _login_field(methods: set[str]) -> forms.Field:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    if methods == {"email"}:
        attrs["inputmode"] = "email"
        label = _("Email address")
    elif methods == {"username"}:
        label = _("User name")
    else:
        label = _("Email address or user name")
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=identity.LONGEST_ADDRESS, widget=widget)


class ReauthenticationForm(AllauthReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(
            label=_("Password"), autocomplete="current-password"
        )
        self.username_hint = self.user.get_username()


class NewPasswordMixin(forms.Form):
    """Two fields for a new password, the second to catch slips; *user* is whom it is for."""

    password_name = "new_password"
    user: Any = None

    def add_password_fields(self) -> None:
        """Append the two fields."""
        self.fields[self.password_name] = PasswordField(
            label=_("New password") if self.password_name != "password" else _("Password"),
            autocomplete="new-password",
            help_text=password_validation.password_validators_help_text_html(),
        )
        self.fields[self.password_name + "2"] = PasswordField(
            label=_("The same password again"), autocomplete="new-password"
        )

    def check_passwords(self, user: Any) -> None:
        """Add an error for each rule that the new password breaks."""
        first = self.cleaned_data.get(self.password_name)
        second = self.cleaned_data.get(self.password_name + "2")
        if first and second and first != second:
            mismatch = ValidationError(text("password_mismatch"), code="password_mismatch")
            self.add_error(self.password_name + "2", mismatch)
        elif first:
            try:
                password_validation.validate_password(first, user)
            except ValidationError as error:
                self.add_error(self.password_name, error)


class NewPasswordForm(NewPasswordMixin):
    """A new password for somebody who has proved the mailbox."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.username_hint = user.get_username()
        self.add_password_fields()

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.check_passwords(self.user)
        return self.cleaned_data


class CurrentPasswordForm(forms.Form):
    """A form that takes effect only with the current password."""

    current_name = "password"

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.username_hint = user.get_username()
        if user.has_usable_password():
            self.fields[self.current_name] = PasswordField(
                label=_("Current password"), autocomplete="current-password"
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        typed = self.cleaned_data.get(self.current_name)
        if typed and not self.user.check_password(typed):
            error = ValidationError(text("old_password"), code="old_password")
            self.add_error(self.current_name, error)
        return self.cleaned_data


class PasswordChangeForm(NewPasswordMixin, CurrentPasswordForm):
    """The current and a new password; without a current one, just the new one."""

    current_name = "old_password"

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.add_password_fields()

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            self.check_passwords(self.user)
        return self.cleaned_data


class EmailChangeForm(CurrentPasswordForm):
    """The new address, and the current password."""

    email = AddressField(label=_("New email address"))

    def clean_email(self) -> str:
        """Raises ValidationError: it is the address already."""
        address: str = self.cleaned_data["email"]
        if identity.email_key(address) == self.user.email_key:
            raise ValidationError(_("This is your address already."), code="email_same")
        return address


class AccountDeletionForm(CurrentPasswordForm):
    """The current password, and a word that it is meant."""

    confirm = forms.BooleanField(label=_("Yes, delete my account and everything in it"))


class AddressForm(forms.Form):
    """An address to write to."""

    email = AddressField()


class EmptyForm(forms.Form):
    """A button."""


class ProfileForm(forms.Form):
    """What ``form_profile_rw`` of the user model lets the person see and change."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields.update(readable_fields(user, "form_profile_rw"))

    def clean(self) -> dict[str, Any]:
        super().clean()
        validate_extra(self, self.user, writable_names(self.user.__class__, "form_profile_rw"))
        return self.cleaned_data


class RegistrationForm(NewPasswordMixin):
    """Address, user name where it is a way to log in, the declared fields, and a password."""

    password_name = "password"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()
        if "username" in get_conf().LOGIN_METHODS and has_username():
            self.fields["username"] = UsernameField()
        self.fields.update(extra_fields(get_user_model(), "form_registration_rw"))
        self.add_password_fields()

    def clean(self) -> dict[str, Any]:
        super().clean()
        model = get_user_model()
        person = model()
        names = writable_names(model, "form_registration_rw")
        for name in ("email", "username"):
            if name in self.cleaned_data:
                setattr(person, name, self.cleaned_data[name])
        validate_extra(self, person, names)
        self.check_passwords(person)
        return self.cleaned_data

    @property
    def account(self) -> dict[str, Any]:
        """What goes into the user's row, without the password."""
        hidden = {"password", "password2"}
        return {name: value for name, value in self.cleaned_data.items() if name not in hidden}


def validate_extra(form: forms.Form, person: Any, names: list[str]) -> None:
    """Put the form's values for *names* on *person* and check them as the model does."""
    for name in names:
        if name in form.cleaned_data:
            setattr(person, name, form.cleaned_data[name])
    exclude = {field.name for field in person._meta.get_fields()} - set(names)
    try:
        person.clean_fields(exclude=exclude)
        person.validate_unique(exclude=exclude)
        person.validate_constraints(exclude=exclude)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
