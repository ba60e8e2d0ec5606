"""Fixtures of the tests of authorization."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone

from authkit import auth as facade
from authkit.context import current_request, enter
from tests.authz.commands import run
from tests.authz.first_groups import OWN
from tests.authz.scene import PAST, Scene
from tests.blog.models import Picture, Post


class Twins:
    """The facade, called as sync code or as a coroutine calls it."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        called = getattr(facade, self.prefix + verb)
        return async_to_sync(called) if self.prefix else called


@pytest.fixture(params=["", "a"], ids=["sync", "async"])
def auth(request: pytest.FixtureRequest) -> Twins:
    """The facade; a test that asks for it runs for both twins of each verb."""
    return Twins(request.param)


@pytest.fixture
def serving() -> Callable[..., AbstractContextManager[HttpRequest]]:
    """A function that makes a block be part of a request, of *user* if one is given."""

    @contextmanager
    def serve(user: Any = None) -> Iterator[HttpRequest]:
        request = RequestFactory().get("/")
        if user is not None:
            request.user = user
        token = enter(request)
        try:
            yield request
        finally:
            current_request.reset(token)

    return serve


@pytest.fixture
def scene(user: Any, group: Any) -> Scene:
    return Scene(user, group)


@pytest.fixture
def clients(make_user: Any, make_group: Any, client_for: Any) -> tuple[Client, Client, Client]:
    """A member of the group "editors", somebody else, and a stranger."""
    member, other = make_user(), make_user()
    make_group("editors", member)
    return client_for(member), client_for(other), Client()


@pytest.fixture
def group(make_group: Callable[..., Any], user: Any) -> Any:
    """The group "writers", with the user as its member."""
    return make_group("writers", user)


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    return tmp_path / "policy.toml"


@pytest.fixture
def sync_policy(policy_file: Path) -> Callable[..., tuple[int, list[str]]]:
    """A function that syncs a text, or the file as it is: the exit code and the lines."""

    def sync(text: str | None, *options: str) -> tuple[int, list[str]]:
        if text is not None:
            policy_file.write_text(text, encoding="utf-8")
        return run("authkit_sync", str(policy_file), *options)

    return sync


@pytest.fixture
def policy(make_group: Callable[..., Any], user: Any) -> Any:
    """Grants of every kind."""
    editors, admins = make_group("editors", user, description="Who write\n“things”"), make_group()
    post, picture = Post.objects.create(), Picture.objects.create()
    for target in (Post, post, picture):
        facade.add_permission(editors, "write", target)
    facade.add_permission(admins, ["ban_users", "édite ∀"])
    facade.add_permission(admins, "manage", editors)
    facade.add_permission(admins, "change", user, expires_at=timezone.now() + timedelta(days=9))
    facade.add_permission(admins, "former", expires_at=PAST)
    return editors


@pytest.fixture
def _first_groups(settings: Any) -> None:
    """Everybody joins the group of all, and has one of their own."""
    settings.AUTHKIT = {
        **settings.AUTHKIT,
        "EVERYBODY_GROUP": "everybody",
        "CREATE_USER_GROUPS": OWN,
    }
