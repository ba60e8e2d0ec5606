"""Fixtures of the tests of authorization."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.test import Client, RequestFactory

from authkit import auth as facade
from authkit.context import current_request, enter
from tests.authz.scene import Scene


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
def scene(user: Any, make_group: Callable[..., Any]) -> Scene:
    return Scene(user, make_group("writers", user))


@pytest.fixture
def clients(make_user: Any, make_group: Any, client_for: Any) -> tuple[Client, Client, Client]:
    """A member of the group "editors", somebody else, and a stranger."""
    member, other = make_user(), make_user()
    make_group("editors", member)
    return client_for(member), client_for(other), Client()
