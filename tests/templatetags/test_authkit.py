"""The tags that the pages use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_script_prefix, include, path, set_script_prefix

ACCOUNTS = path("auth/", include("authkit.urls"))


@pytest.fixture(autouse=True)
def _no_script_prefix() -> Iterator[None]:
    yield
    clear_script_prefix()


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("urls", "prefix", "leads_to"),
    [
        ([path("", home), ACCOUNTS], "/", "/"),
        ([path("", home), ACCOUNTS], "/site/", "/site/"),
        ([*i18n_patterns(path("", home)), ACCOUNTS], "/", "/de/"),
        ([ACCOUNTS], "/", "/auth/profile/"),
    ],
)
@pytest.mark.usefixtures("db")
def test_the_name_of_the_site_leads_to_a_page_that_is_there(
    settings: Any, urls: list[Any], prefix: str, leads_to: str
) -> None:
    settings.ROOT_URLCONF = tuple(urls)
    client = Client(headers={"accept-language": "de"})
    set_script_prefix(prefix)

    page = client.get("/auth/login/").content.decode()

    assert re.findall(r'class="ak-header"><a href="(.*?)"', page) == [leads_to]


def test_the_name_of_the_site_leads_where_a_login_does(db: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = (ACCOUNTS, path("desk/", home, name="desk"))
    settings.LOGIN_REDIRECT_URL = "desk"

    assert 'class="ak-header"><a href="/desk/"' in Client().get("/auth/login/").content.decode()
