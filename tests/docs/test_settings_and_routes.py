"""What can be configured is documented, and nothing else."""

from __future__ import annotations

import ast

from django.apps import apps

from authkit import conf
from authkit.accounts.routes import ROUTES

from .pages import ROOT, first_names, names, python_blocks, reference, rows, section

TYPES = {
    "str": "str",
    "bool": "bool",
    "int": "int",
    "Sequence[str]": "list of str",
    "Mapping[str, str]": "dict of str to str",
    "Mapping[str, Dotted]": "dict of str to path",
}


def test_every_key_of_authkit_has_its_type_and_default() -> None:
    text = reference("settings").split("## Settings of Django")[0]
    documented = {
        names(row[0])[0]: (names(row[1])[0], ast.literal_eval(names(row[2])[0]))
        for row in rows(text)
    }
    defaults = conf.Conf()
    real = {
        name: (TYPES[str(item.type)], getattr(defaults, name)) for name, item in conf.KNOWN.items()
    }

    assert documented == {
        name: (kind, list(value) if isinstance(value, tuple) else value)
        for name, (kind, value) in real.items()
    }


def test_every_answer_to_allauth_is_documented() -> None:
    text = section(reference("settings"), "## Settings of django-allauth")

    assert first_names(text) == list(conf.ALLAUTH_SETTINGS)


def test_the_models_that_can_be_swapped_are_documented() -> None:
    text = section(reference("settings"), "## Settings of Django")
    swappable = {
        model._meta.swappable: model.__mro__[1].__name__
        for model in apps.get_app_config("authkit").get_models(include_swapped=True)
        if model._meta.swappable
    }

    assert {names(row[0])[0]: names(row[2])[0] for row in rows(text)} == swappable


def test_the_reference_shows_the_lines_of_the_readme() -> None:
    text = section(reference("settings"), "## Settings of Django")
    block = (ROOT / "README.md").read_text().split("```python\n")[1].split("```")[0]

    assert python_blocks(text)[0] == block.removeprefix("# settings.py\n")


def test_every_page_of_every_route_is_documented() -> None:
    documented = [
        (names(row[0])[0], names(row[1])[0], names(row[2]))
        for row in rows(section(reference("routes"), "## Pages"))
    ]

    assert documented == [
        (route.key, route.path + page.tail, list(page.names))
        for route in ROUTES
        for page in route.pages
    ]


# What the views do not say, as allauth's views or forms count.
ALLAUTHS_LIMITS = {
    "login": {"login", "login_failed"},
    "reauthentication": {"reauthenticate"},
    "email_verification": {"confirm_email"},
}


def test_what_belongs_to_a_route_is_documented() -> None:
    table = rows(section(reference("routes"), "## What belongs to a route"))

    assert [
        (names(row[0])[0], names(row[1]), names(row[3]), set(names(row[4])), row[5])
        for row in table
    ] == [
        (
            route.key,
            [f"after_{route.key}"] if route.callback else [],
            [route.form.__name__] if route.form else [],
            ({getattr(page.view, "limit", "") for page in route.pages} - {""})
            | ALLAUTHS_LIMITS.get(route.key, set()),
            "no" if route.fixed else "yes",
        )
        for route in ROUTES
    ]
    assert {name for row in table for name in names(row[2])} <= set(
        first_names(reference("events"))
    )
