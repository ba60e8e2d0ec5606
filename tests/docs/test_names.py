"""Errors, checks, commands, models and templates are documented, and no others."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from django.apps import apps
from django.core.management import get_commands

from authkit import admin, exceptions
from authkit.accounts.routes import ROUTES
from authkit.checks import ISSUES

from .pages import CODE, ROOT, first_names, names, reference, rows, section, text_of


def test_every_exception_is_documented_with_its_reason() -> None:
    table = rows(section(reference("errors"), "## Exceptions"))

    assert {names(row[0])[0]: names(row[1])[0] for row in table} == {
        name: value.reason
        for name, value in vars(exceptions).items()
        if isinstance(value, type) and issubclass(value, exceptions.AuthkitError)
    }


def test_every_class_of_the_administration_is_documented() -> None:
    text = reference("administration")
    functions = re.findall(r"`(\w+)\(site\)`", section(text, "## Login"))

    assert sorted([*first_names(section(text, "## Classes").split("All are")[0]), *functions]) == (
        sorted(admin.__all__)
    )
    assert first_names(section(text, "## Pages of others")) == list(admin.FOREIGN)


DJANGOS_CODES = {"invalid", "max_length", "required", "unique"}


def error_codes() -> set[str]:
    """The codes of the ValidationErrors and validators of the package, without the admin's."""
    found: set[str] = set()
    for file in CODE.rglob("*.py"):
        if "admin" in file.relative_to(CODE).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(getattr(node, "func", None), "id", "")
            if not isinstance(node, ast.Call) or name not in {"ValidationError", "RegexValidator"}:
                continue
            place = {"ValidationError": 1, "RegexValidator": 2}[name]
            named = [item.value for item in node.keywords if item.arg == "code"]
            found |= {text_of(item) or "" for item in [*named, *node.args[place : place + 1]]}
    return found - {""} - DJANGOS_CODES


def test_every_code_of_a_form_error_is_documented() -> None:
    text = section(reference("errors"), "## Codes of form errors")

    assert set(first_names(text)) == error_codes()


def test_every_check_is_documented() -> None:
    documented = first_names(reference("checks"))

    assert documented == sorted(f"authkit.{code}" for code in ISSUES)


def test_every_command_is_documented() -> None:
    documented = {name.split()[-1] for name in first_names(reference("commands"))}

    assert documented == {name for name, app in get_commands().items() if app == "authkit"}


@pytest.mark.parametrize("model", list(apps.get_app_config("authkit").get_models()))
def test_every_column_of_a_model_is_documented(model: Any) -> None:
    text = section(reference("models"), f"## {model.__name__}")
    documented = [names(row[0])[0] for row in rows(text) if names(row[0])[0].isidentifier()]

    assert sorted(documented) == sorted(field.name for field in model._meta.concrete_fields)


def test_every_model_is_documented() -> None:
    documented = re.findall(r"^## (\w+)$", reference("models"), re.MULTILINE)

    assert set(documented) == {
        model.__name__ for model in apps.get_app_config("authkit").get_models()
    }


def test_every_verb_in_the_models_page_exists() -> None:
    verbs = {
        name.split("(")[0].removeprefix("user.")
        for row in rows(section(reference("models"), "## User"))
        for name in names(row[0])
        if "(" in name
    }
    user = apps.get_model("authkit.User")

    assert [name for name in verbs if not hasattr(user.objects, name)] == []


def test_every_block_of_the_base_template_is_documented() -> None:
    text = section(reference("templates"), "## Blocks of `authkit/base.html`")
    source = (CODE / "templates/authkit/base.html").read_text()

    assert first_names(text) == re.findall(r"{% block (\w+) %}", source)


def test_what_every_page_is_given_is_documented(db: Any, client: Any) -> None:
    text = section(reference("templates"), "## Context of a page")
    documented = set(first_names(text.split("The context processors")[0]))
    given = {"conf", "form", "message", "redirect_field", "route", "site_name", "state", "title"}

    assert documented == given <= client.get("/auth/login/").context.keys()


def test_every_route_has_its_states_documented() -> None:
    text = section(reference("templates"), "## Context of a page")
    table = [row for row in rows(text) if len(row) == 3 or row[0].startswith("`inactive`")]

    assert {name for row in table for name in names(row[0])} == {route.key for route in ROUTES}


def test_every_threat_that_is_tested_is_described() -> None:
    folder = ROOT / "tests" / "security"
    tests = "".join(file.read_text() for file in folder.glob("test_*.py"))

    assert first_names((folder / "README.md").read_text()) == sorted(
        set(re.findall(r"^def test_([a-z]{2}\d\d)_", tests, re.MULTILINE))
    )
