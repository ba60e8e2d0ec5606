"""Callbacks, mailers, mails and texts are documented as they are."""

from __future__ import annotations

import ast
import inspect

import pytest
from django.template.loader import get_template

from authkit.accounts import mails, messages, tokens
from authkit.accounts.flows.registration import MOST_TOLD
from authkit.accounts.routes import CALLBACKS

from .pages import DOCS, names, reference, rows, section, text_of


def test_every_callback_is_documented() -> None:
    documented = {
        names(row[0])[0]: tuple(names(row[1])[0].split(", "))
        for row in rows(reference("callbacks"))
    }

    assert documented == CALLBACKS


def test_every_mailer_is_documented() -> None:
    table = rows(section(reference("mailers-and-mails"), "## Mailers"))

    assert {names(row[2])[0]: names(row[0])[0] for row in table} == mails.MAILERS


def variables(purpose: str) -> set[str]:
    """The keys of the dictionaries that the function of *purpose* returns."""
    tree = ast.parse(inspect.getsource(mails.PURPOSES[purpose]))
    return {
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict)
        for key in node.value.keys
        if (text := text_of(key))
    }


def test_every_mail_is_documented_with_its_variables() -> None:
    table = rows(section(reference("mailers-and-mails"), "## Mails"))

    assert {names(row[0])[0]: set(names(row[3])) for row in table} == {
        purpose: variables(purpose) for purpose in mails.PURPOSES
    }


@pytest.mark.parametrize("purpose", mails.PURPOSES)
@pytest.mark.parametrize("part", ["subject.txt", "message.txt", "message.html"])
def test_every_mail_has_its_templates(purpose: str, part: str) -> None:
    assert get_template(f"authkit/email/{purpose}_{part}")


def test_the_documented_times_are_those_of_the_links() -> None:
    table = rows(section(reference("mailers-and-mails"), "## How long links hold"))
    seconds = {"minutes": 60, "hours": 3600}
    documented = [int(row[1].split()[0]) * seconds[row[1].split()[1].strip(",")] for row in table]

    assert sorted(documented) == sorted(tokens.LIFETIMES.values())


def test_every_message_is_documented_with_its_text() -> None:
    documented = {names(row[0])[0]: row[1] for row in rows(reference("messages"))}

    assert documented == {key: str(text) for key, text in messages.DEFAULTS.items()}


def test_the_documented_number_of_those_told_is_that_of_the_code() -> None:
    table = rows(section(reference("mailers-and-mails"), "## Mails"))
    (receivers,) = (row[1] for row in table if names(row[0]) == ["registration_notice"])
    how_to = (DOCS / "how-to" / "approve-registrations.md").read_text()

    assert receivers == f"each active superuser (at most {MOST_TOLD})"
    assert f"Every active superuser (at most {MOST_TOLD})" in how_to
