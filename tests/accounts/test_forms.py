"""What the forms ask, take and refuse; and those of a project instead of ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import RegexValidator
from django.db.models import CheckConstraint, F, Q
from django.test import Client
from django.urls import reverse
from django.utils import translation

from authkit.accounts.form_fields import AddressField, PasswordField
from authkit.accounts.forms import (
    EmailChangeForm,
    LoginForm,
    NewPasswordForm,
    ProfileForm,
    ReauthenticationForm,
    RegistrationForm,
)
from authkit.conf import get_conf
from tests.conftest import PASSWORD, Mailbox


def widget(form: forms.Form, name: str) -> dict[str, Any]:
    return form.fields[name].widget.attrs


METHODS = {
    ("email",): ("Email address", "email"),
    ("username",): ("User name", None),
    ("email", "username"): ("Email address or user name", None),
}


@pytest.mark.parametrize("methods", METHODS)
def test_a_login_asks_for_what_it_takes(methods: tuple[str, ...], settings: Any, db: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"LOGIN_METHODS": list(methods)}

    form = Client().get(reverse("account_login")).context["form"]

    attrs = widget(form, "login")
    with translation.override("en"):
        assert (str(form.fields["login"].label), attrs.get("inputmode")) == METHODS[methods]
    assert attrs["autocomplete"] == "username"
    assert widget(form, "password")["autocomplete"] == "current-password"


@pytest.mark.parametrize("remember", [True, False])
def test_a_login_offers_to_be_remembered_where_that_is_on(
    *, remember: bool, settings: Any, user: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"REMEMBER_OPTION": remember}
    client = Client()

    form = client.get(reverse("account_login")).context["form"]
    typed = {"login": user.email, "password": PASSWORD, "remember": "on"}
    client.post(reverse("account_login"), typed)

    assert ("remember" in form.fields) is remember
    seconds = get_conf().SESSION_LONG_EXPIRATION if remember else get_conf().SESSION_EXPIRATION
    assert client.session.get_expiry_age() == seconds


@pytest.mark.parametrize(("methods", "asked"), [(["email"], False), (["email", "username"], True)])
def test_a_registration_asks_for_a_user_name_where_that_is_a_way_in(
    *, methods: list[str], asked: bool, settings: Any, db: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"LOGIN_METHODS": methods}

    form = Client().get(reverse("account_signup")).context["form"]

    assert ("username" in form.fields) is asked


AUTOCOMPLETE = {
    "email": "email",
    "username": "username",
    "first_name": "given-name",
    "last_name": "family-name",
    "password": "new-password",
    "password2": "new-password",
}


def test_a_registration_tells_a_browser_what_to_fill_in(db: Any, settings: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"PASSWORD_MIN_LENGTH": 20}
    form = RegistrationForm()

    assert {name: widget(form, name)["autocomplete"] for name in form.fields} == AUTOCOMPLETE
    assert widget(form, "password")["passwordrules"] == "minlength: 20;"
    # A browser would cut a pasted password there, without a word.
    assert "maxlength" not in widget(form, "password")


def test_a_password_is_taken_as_it_is_typed() -> None:
    field = PasswordField(autocomplete="new-password")

    assert field.clean("  a  ") == "  a  "
    assert field.widget.render("password", "secret").count("secret") == 0
    with pytest.raises(ValidationError):
        field.clean("x" * 4097)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" Ada@Example.COM ", "ada@example.com"), ("ada+tag@example.com", "ada+tag@example.com")],
)
def test_an_address_is_taken_in_its_stored_form(typed: str, stored: str) -> None:
    assert AddressField().clean(typed) == stored


WIDE = "\ufdfa" * 20  # which are 18 letters each, once they are folded


@pytest.mark.parametrize(
    "typed",
    ["ada", "ada@", "@example.com", "a@b", "a b@example.com", "a\x00@b.example", f"a@{WIDE}.com"],
)
def test_what_is_no_address_is_refused(typed: str, db: Any) -> None:
    page = Client().post(reverse("account_reset_password"), {"email": typed})

    assert set(page.context["form"].errors) == {"email"}


def test_what_a_declared_field_s_own_rule_refuses_is_an_error_of_the_form(
    db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = get_user_model()._meta.get_field("first_name")
    monkeypatch.setattr(column, "validators", [RegexValidator("^[A-Z]")])

    page = Client().post(reverse("account_signup"), {"first_name": "ada"})

    assert page.context["form"].errors["first_name"] == ["Enter a valid value."]


def test_a_rule_over_several_fields_is_an_error_of_the_whole_form(
    user: Any, client_for: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = get_user_model()._meta
    rule = CheckConstraint(condition=~Q(first_name=F("last_name")), name="two_names")
    monkeypatch.setattr(options, "constraints", [*options.constraints, rule])
    typed = {"first_name": "Ada", "last_name": "Ada"}

    page = client_for(user).post(reverse("account_profile"), typed)

    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == ["Constraint “two_names” is violated."]


# Those of a project


class Promise(forms.Form):
    """What the project's forms ask besides."""

    promise = forms.BooleanField()


class OwnLogin(Promise, LoginForm):
    """The project's form for logging in."""


class OwnReauthentication(Promise, ReauthenticationForm):
    """The project's form for a password once more."""


class OwnRegistration(Promise, RegistrationForm):
    """The project's form for registering."""

    @property
    def account(self) -> dict[str, Any]:
        return {name: value for name, value in super().account.items() if name != "promise"}


class OwnProfile(Promise, ProfileForm):
    """The project's form for the profile."""


class OwnEmailChange(Promise, EmailChangeForm):
    """The project's form for another address."""


class OwnNewPassword(Promise, NewPasswordForm):
    """The project's form for a new password."""


FORMS = [
    ("login", "account_login", OwnLogin, False),
    ("login", "account_login", f"{__name__}.OwnLogin", False),
    ("registration", "account_signup", OwnRegistration, False),
    ("registration", "account_signup", f"{__name__}.OwnRegistration", False),
    ("profile", "account_profile", OwnProfile, True),
    ("reauthentication", "account_reauthenticate", OwnReauthentication, True),
    ("reauthentication", "account_reauthenticate", f"{__name__}.OwnReauthentication", True),
]


@pytest.mark.parametrize(("key", "name", "form", "logged_in"), FORMS)
def test_a_project_has_its_own_form(
    *,
    key: str,
    name: str,
    form: Any,
    logged_in: bool,
    settings: Any,
    user: Any,
    client_for: Callable[[Any], Client],
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"FORMS": {key: form}}
    client = client_for(user) if logged_in else Client()

    assert "promise" in client.get(reverse(name)).context["form"].fields
    typed = {"login": user.email, "password": PASSWORD, "first_name": "Ada"}
    refused = client.post(reverse(name), typed)
    assert refused.context["form"].errors["promise"] == ["This field is required."]


def test_a_project_s_form_lets_in(settings: Any, user: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"FORMS": {"login": OwnLogin}}

    typed = {"login": user.email, "password": PASSWORD, "promise": "on"}
    response = Client().post(reverse("account_login"), typed)

    assert (response.status_code, response.url) == (302, reverse("account_profile"))


def test_the_form_for_a_link_is_the_one_with_the_password(
    settings: Any, user: Any, mailbox: Mailbox
) -> None:
    """The buttons of other links, and the form that asks for the mail, stay as they are."""
    own = dict.fromkeys(("password_reset", "email_verification", "email_change"), OwnNewPassword)
    settings.AUTHKIT = settings.AUTHKIT | {"FORMS": own}
    client = Client()
    client.post(reverse("account_reset_password"), {"email": user.email})

    page = client.get(mailbox.link(), follow=True)
    assert isinstance(page.context["form"], OwnNewPassword)
    sent = client.get(reverse("account_email_verification_sent"))
    assert set(sent.context["form"].fields) == {"email"}


def test_the_buttons_of_another_address_stay_buttons(
    settings: Any, user: Any, client_for: Callable[[Any], Client], mailbox: Mailbox
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"FORMS": {"email_change": OwnEmailChange}}
    client = client_for(user)
    typed = {"email": "new@example.com", "password": PASSWORD, "promise": "on"}
    assert client.post(reverse("account_email"), typed).status_code == 302

    pages = [client.get(mailbox.link(index), follow=True) for index in (0, 1)]

    assert [set(page.context["form"].fields) for page in pages] == [set(), set()]


def test_a_form_that_cannot_be_imported_names_its_setting(settings: Any, db: Any) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"FORMS": {"registration": "no.such.form"}}

    with pytest.raises(ImproperlyConfigured, match=r"FORMS\['registration'\] = 'no.such.form'"):
        Client().get(reverse("account_signup"))
