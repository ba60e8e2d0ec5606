"""The stock rules, template tags and codes of a refusal are documented, and no others."""

from __future__ import annotations

from authkit import rules
from authkit.authz.denial import CODES
from authkit.templatetags.authkit import register

from .pages import first_names, names, reference, rows, section


def test_every_stock_rule_is_documented() -> None:
    documented = first_names(section(reference("rules"), "## The stock rules"))

    assert {name.split("(")[0] for name in documented} == set(rules.__all__) - {"Rule"}


def test_every_code_of_a_refusal_is_documented_with_its_status() -> None:
    text = section(reference("rules"), "## `requires(rule, otherwise=None)`")
    table = [row for row in rows(text) if len(row) == 3]

    assert {int(row[2].split(",")[0]): names(row[2])[0] for row in table} == CODES


def test_every_template_tag_is_documented() -> None:
    documented = first_names(section(reference("templates"), "## Tags"))

    assert {name.split()[1] for name in documented} == set(register.tags)
