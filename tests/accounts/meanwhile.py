"""A middleware that lets something else happen while a request is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

# What happens in the next request that says so, once its user is known.
deeds: list[Callable[[], Any]] = []


class Meanwhile:
    """Belongs last."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        if "X-Meanwhile" in request.headers:
            assert request.user.is_authenticated
            deeds.pop()()
        return self.get_response(request)
