"""What the how-tos show works."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import django
import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from authkit import signals
from authkit.models import Status
from tests.conftest import PASSWORD, Mailbox

from .pages import DOCS, SHORT, python_blocks

RUN = [
    (name, block)
    for name, page in SHORT.items()
    for block in re.findall(
        r"^<!-- run -->\n```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE
    )
]


def executed(name: str, start: str) -> dict[str, Any]:
    """What the marked block of the page *name* that begins with *start* defines."""
    (block,) = (block for page, block in RUN if page == name and block.startswith(start))
    namespace: dict[str, Any] = {"__name__": "people"}
    exec(compile(block, name, "exec"), namespace)
    return namespace


@pytest.fixture
def _own_receivers() -> Iterator[None]:
    """Receivers that a block connects do not stay."""
    before = list(signals.user_changed.receivers)
    yield
    signals.user_changed.receivers[:] = before
    signals.user_changed.sender_receivers_cache.clear()


@pytest.mark.usefixtures("_own_receivers")
@pytest.mark.parametrize(("name", "block"), RUN)
def test_a_marked_block_runs(name: str, block: str) -> None:
    executed(name, block)


def test_the_form_of_the_how_to_asks_for_consent(db: Any, client: Any, settings: Any) -> None:
    form = executed("docs/how-to/own-form.md", "# people/forms.py")["RegistrationWithTerms"]
    settings.AUTHKIT = {"BASE_URL": "https://www.example.com", "FORMS": {"registration": form}}
    data = {"email": "ada@example.com", "password": PASSWORD, "password2": PASSWORD}

    refused = client.post("/auth/registration/", data)
    accepted = client.post("/auth/registration/", {**data, "terms": "on"})

    assert refused.context["form"].has_error("terms", "required")
    assert list(refused.context["form"].fields)[-1] == "terms"
    assert accepted.url == "/auth/email_verification/"


@pytest.fixture
def dashboard_urls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The URLs of the how-to, with the views that they import."""
    page = "docs/how-to/add-a-callback.md"
    for name in ("people", "people.views"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    vars(sys.modules["people.views"]).update(executed(page, "# people/views.py"))
    namespace: dict[str, Any] = {}
    (block,) = (
        block for block in python_blocks(SHORT[page].read_text()) if block.startswith("# urls.py")
    )
    exec(block, namespace)
    return list(namespace["urlpatterns"])


def test_the_callback_of_the_how_to_leads_to_the_dashboard(
    user: Any, settings: Any, dashboard_urls: list[Any]
) -> None:
    hooks = executed("docs/how-to/add-a-callback.md", "# people/hooks.py")
    settings.ROOT_URLCONF = tuple(dashboard_urls)
    callback = {"after_login": hooks["to_dashboard"]}
    settings.AUTHKIT = {"BASE_URL": "https://www.example.com", "CALLBACKS": callback}
    data = {"login": user.email, "password": PASSWORD}
    client = Client()

    page = client.post("/auth/login/", data, follow=True)

    assert page.redirect_chain == [("/dashboard/", 302)]
    assert page.content.decode() == f"The dashboard of {user}"
    assert Client().post("/auth/login/", {**data, "next": "/auth/sessions/"}).url == (
        "/auth/sessions/"
    )


def test_a_callback_that_fails_undoes_nothing(db: Any, settings: Any, mailbox: Mailbox) -> None:
    def failing(request: HttpRequest, user: Any) -> None:
        raise RuntimeError("no dashboard today")

    callback = {"after_email_verification": failing}
    settings.AUTHKIT = {"BASE_URL": "https://www.example.com", "CALLBACKS": callback}
    data = {"email": "ada@example.com", "password": PASSWORD, "password2": PASSWORD}
    client = Client(raise_request_exception=False)
    client.post("/auth/registration/", data)
    link = mailbox.link()
    button = client.get(link, follow=True).redirect_chain[-1][0]

    assert client.post(button).status_code == 500

    assert get_user_model().objects.get().status == Status.ACTIVE
    assert client.get(link, follow=True).context["state"] == "invalid"
    login = client.post("/auth/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert login.url == "/auth/profile/"


def test_the_site_of_the_reference_is_guarded_and_shows_its_column(
    make_user: Any, client: Any, settings: Any
) -> None:
    office = executed("docs/reference/administration.md", "# people/admin.py")["office"]
    settings.ROOT_URLCONF = (
        path("auth/", include("authkit.urls")),
        path("office/", office.urls),
    )
    assert client.get("/office/login/").url == "/auth/login/?next=/office/"

    client.force_login(make_user(is_staff=True, is_superuser=True, last_name="Lovelace"))
    page = client.get("/office/authkit/user/")

    assert '<td class="field-last_name">Lovelace</td>' in page.content.decode()


def mailed_nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_the_mailer_of_the_how_to_writes_the_link(
    db: Any, client: Any, settings: Any, mailbox: Mailbox
) -> None:
    mailer = executed("docs/how-to/own-mail.md", "# people/mail.py")["registration_mail"]
    mailers = {"registration_mail": mailer}
    settings.AUTHKIT = {**settings.AUTHKIT, "LOGIN_METHODS": ["email"], "MAILERS": mailers}
    data = {"email": "ada@example.com", "password": PASSWORD, "password2": PASSWORD}
    client.post("/auth/registration/", data)

    (mail,) = mailbox
    assert (mail.subject, mail.to) == ("Welcome to Massive Dynamic!", ["ada@example.com"])
    assert client.get(mailbox.link(), follow=True).context["state"] == "confirm"


@pytest.mark.usefixtures("_own_receivers")
def test_the_managers_of_the_how_to_are_told(
    make_user: Any,
    settings: Any,
    mailbox: Mailbox,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MANAGERS = ["boss@example.com"] if django.VERSION >= (6, 0) else [("", "b@x.org")]
    # Kept, since a signal holds its receivers weakly.
    module = executed("docs/how-to/approve-registrations.md", "from django.core.mail")
    with django_capture_on_commit_callbacks(execute=True):
        make_user(status=Status.PENDING, email="ada@example.com")
        make_user()

    assert "tell_managers" in module
    assert [mail.body for mail in mailbox] == ["ada@example.com"]


def test_the_colleagues_of_the_how_to_are_approved(make_user: Any) -> None:
    approve = executed("docs/how-to/approve-registrations.md", "from django.contrib.auth")
    colleague = make_user(status=Status.PENDING, email="ada@example.com")
    stranger = make_user(status=Status.PENDING, email="eve@example.org")

    approve["approve_colleagues"]()

    for user in (colleague, stranger):
        user.refresh_from_db()
    assert [colleague.status, stranger.status] == [Status.ACTIVE, Status.PENDING]


TEMPLATES = re.findall(
    r"^```html\n(.*?)^```",
    (DOCS / "how-to" / "own-texts-and-templates.md").read_text(),
    re.DOTALL | re.MULTILINE,
)


SITE = "<main>{% block main %}{% endblock %}</main>"


@pytest.mark.parametrize(
    ("start", "file", "single", "shown"),
    [
        ('{% extends "authkit/login.html" %}', "login", False, "Ask at the front desk."),
        ('{% extends "authkit/base.html" %}', "base", False, "people/account.css"),
        ('{% extends "people/site.html" %}', "base", False, "<main>"),
        ('{% extends "authkit/"|add:route', "auth", True, "<p>Route: login</p>"),
    ],
)
@pytest.mark.usefixtures("db")
def test_a_template_of_the_how_to_changes_the_page(
    settings: Any, tmp_path: Path, start: str, file: str, single: object, shown: str
) -> None:
    (template,) = (block for block in TEMPLATES if block.startswith(start))
    for name, text in ((f"authkit/{file}.html", template), ("people/site.html", SITE)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.AUTHKIT = {"BASE_URL": "https://www.example.com", "SINGLE_TEMPLATE": single}

    page = Client().get("/auth/login/").content.decode()

    assert shown in page
    assert 'name="password"' in page
