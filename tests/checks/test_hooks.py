"""Functions, forms and texts of the project."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from authkit.accounts.routes import FORMS, ROUTES

from .found import Table, ids
from .people import HERE, MyLoginForm, later, mailer, two, view

TABLE: Table = [
    ({"CALLBACKS": {"after_login": f"{HERE}.two"}}, []),
    ({"CALLBACKS": {"after_login": two, "after_profile": two}}, []),
    ({"CALLBACKS": {"after_login": print}}, []),
    ({"CALLBACKS": {"after_login": type}}, []),
    ({"CALLBACKS": {"afterlogin": two}}, ["E020"]),
    ({"CALLBACKS": {"after_login": "nowhere.at_all"}}, ["E017"]),
    ({"CALLBACKS": {"after_login": "two"}}, ["E017"]),
    ({"CALLBACKS": {"after_login": ""}}, ["E017"]),
    ({"CALLBACKS": {"after_login": f"{HERE}.NOT_A_FUNCTION"}}, ["E018"]),
    ({"CALLBACKS": {"after_login": later}}, ["E019"]),
    ({"CALLBACKS": {"after_logout": two}}, ["E022"]),
    ({"CALLBACKS": {"after_registration": two}}, ["E022"]),
    ({"MAILERS": {"registration_mail": mailer, "reset_password_mail": mailer}}, []),
    ({"MAILERS": {"registration": mailer}}, ["E021"]),
    ({"MAILERS": {"registration_mail": later}}, ["E019"]),
    ({"MAILERS": {"registration_mail": view}}, ["E022"]),
    ({"MAILERS": {"registration_mail": "nowhere.at_all"}}, ["E017"]),
    ({"MESSAGES": {"logged_out": "Bye."}}, []),
    ({"MESSAGES": {"logged_out": gettext_lazy("Bye.")}}, []),
    ({"MESSAGES": {"loged_out": "Bye."}}, ["E023"]),
    ({"FORMS": {"login": f"{HERE}.MyLoginForm"}}, []),
    ({"FORMS": {"signin": MyLoginForm}}, ["E024"]),
    ({"FORMS": {"logout": MyLoginForm}}, ["E024"]),
    ({"FORMS": {"login": f"{HERE}.nothing"}}, ["E017"]),
    ({"FORMS": {"login": f"{HERE}.NOT_A_FUNCTION"}}, ["E018"]),
    ({"FORMS": {"login": forms.Form}}, ["E025"]),
    ({"FORMS": {"login": view}}, ["E025"]),
    ({"FORMS": {"registration": MyLoginForm}}, ["E025"]),
]


@pytest.mark.parametrize(("keys", "expected"), TABLE)
def test_a_mistake_about_hooks_has_its_id(keys: dict[str, Any], expected: list[str]) -> None:
    assert ids(AUTHKIT=keys) == expected


def test_every_route_with_fields_has_a_form_to_derive_from() -> None:
    buttons = {"sessions"}  # a form without fields
    pages = {
        route.key
        for route in ROUTES
        for page in route.pages
        if issubclass(page.view, FormView) and route.key not in buttons
    }

    assert set(FORMS) == pages
