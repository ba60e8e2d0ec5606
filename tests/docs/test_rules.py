"""The stock rules, template tags and codes of a refusal are documented, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.routers import SimpleRouter

from authkit import auth, rules
from authkit.authz.denial import CODES
from authkit.templatetags.authkit import register
from tests.authz.views import outcome, urls
from tests.blog.models import Post

from .pages import first_names, names, reference, rows, section
from .test_how_to import executed


def test_every_stock_rule_is_documented() -> None:
    documented = first_names(section(reference("rules"), "## The stock rules"))

    assert {name.split("(")[0] for name in documented} == set(rules.__all__) - {"Access", "Rule"}


def test_every_code_of_a_refusal_is_documented_with_its_status() -> None:
    text = section(reference("rules"), "## `requires(rule, otherwise=None)`")
    table = [row for row in rows(text) if len(row) == 3]

    assert {int(row[2].split(",")[0]): names(row[2])[0] for row in table} == CODES


def test_every_template_tag_is_documented() -> None:
    documented = first_names(section(reference("templates"), "## Tags"))

    assert {name.split()[1] for name in documented} == set(register.tags)


@pytest.mark.django_db
def test_the_views_of_the_how_to_are_guarded(
    make_user: Any, client_for: Any, settings: Any, tmp_path: Path
) -> None:
    imports = (
        "from django.http import HttpRequest, HttpResponse\nfrom django.shortcuts import render\n"
    )
    page = "docs/how-to/protect-views.md"
    views = executed(page, f"{imports}\nfrom authkit import public")
    record = executed(page, f"{imports}from django.urls")
    pages = ("dashboard", "queue", "preview", "imprint")
    for name in (*pages, "edit"):
        (tmp_path / "blog").mkdir(exist_ok=True)
        (tmp_path / "blog" / f"{name}.html").write_text("{{ post.title }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.ROOT_URLCONF = urls(
        *record["urlpatterns"], *(path(f"{name}/", views[name]) for name in pages)
    )
    author, other = make_user(), make_user()
    post = Post.objects.create(author=author, title="mine")
    clients = [client_for(author), client_for(other), Client()]

    found = {
        address: [outcome(client.get(f"/{address}")) for client in clients]
        for address in (*(f"{name}/" for name in pages), f"posts/{post.pk}/edit/")
    }

    assert found == {
        "dashboard/": ["seen", "seen", "login"],
        "queue/": [403, 403, "login"],
        "preview/": ["/denied/", "/denied/", "/denied/"],
        "imprint/": ["seen", "seen", "seen"],
        f"posts/{post.pk}/edit/": ["seen", 404, "login"],
    }


@pytest.mark.django_db
def test_the_api_of_the_how_to_writes_and_deletes_by_rights_of_their_own(
    make_user: Any, client_for: Any, settings: Any
) -> None:
    router = SimpleRouter()
    router.register("posts", executed("docs/how-to/protect-views.md", "# blog/api.py")["Posts"])
    settings.ROOT_URLCONF = urls(path("", include(router.urls)))
    post, other = Post.objects.create(), Post.objects.create()
    users = {rights: make_user() for rights in ("", "read", "read write", "read delete")}
    for rights, user in users.items():
        auth.add_permission(user, rights.split(), post)

    def statuses(user: Any, key: int) -> list[int]:
        client, address, json = client_for(user), f"/posts/{key}/", "application/json"
        answers = [
            client.get("/posts/"),
            client.get(address),
            client.patch(address, {"title": "new"}, json),
            client.post("/posts/", {"title": "new"}, json),
            client.delete(address),
        ]
        return [answer.status_code for answer in answers]

    assert statuses(users["read write"], other.pk) == [200, 404, 404, 403, 404]
    assert {rights: statuses(user, post.pk) for rights, user in users.items()} == {
        "": [403, 404, 404, 403, 404],
        "read": [200, 200, 403, 403, 403],
        "read write": [200, 200, 200, 403, 403],
        "read delete": [200, 200, 403, 403, 204],
    }
