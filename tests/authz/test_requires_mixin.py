"""Class-based views whose rule is an attribute: ``RequiresMixin``."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.urls import path
from django.views.generic import TemplateView, View

from authkit import RequiresMixin, auth, requires, rules

from .views import Mixed, Plain, outcome, page, urls

pytestmark = pytest.mark.django_db


def test_a_rule_is_asked_once_in_a_request(user: Any, client_for: Any, settings: Any) -> None:
    asked: list[HttpRequest] = []

    class Own(RequiresMixin, View):
        def requires(request: HttpRequest) -> bool:  # type: ignore[override] # noqa: N805
            asked.append(request)
            return True

        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return super().dispatch(request, *args, **kwargs)

        get = Plain.get

    class OwnChild(Own):
        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return super().dispatch(request, *args, **kwargs)

    settings.ROOT_URLCONF = urls(path("page/", OwnChild.as_view()))

    assert outcome(client_for(user).get("/page/")) == "seen"
    assert len(asked) == 1


def test_the_mixin_answers_otherwise(clients: Any, settings: Any) -> None:
    class Own(Mixed):
        def otherwise(request: HttpRequest) -> dict[str, str]:  # type: ignore[override] # noqa: N805
            return {"error": "not_auth"}

    class Denied(Mixed):
        otherwise = "/denied/"

    settings.ROOT_URLCONF = urls(
        path("own/", Own.as_view()),
        path("denied/", page),
        path("url/", Denied.as_view()),
        path("here/", Mixed.as_view(otherwise="/denied/")),
    )

    assert clients[1].get("/own/").json() == {"error": "not_auth"}
    assert [outcome(client.get("/url/")) for client in clients] == ["seen", "/denied/", "/denied/"]
    assert outcome(clients[1].get("/here/")) == "/denied/"


@pytest.mark.parametrize("rule", [None, "editors", True])
def test_the_mixin_without_a_rule_is_an_error(rule: Any) -> None:
    class Bare(RequiresMixin, View):
        requires = rule

    with pytest.raises(TypeError, match="rule"):
        Bare.as_view()
    with pytest.raises(TypeError, match="rule"):
        Mixed.as_view(requires=rule)


def test_a_coroutine_before_a_class_that_is_none_is_an_error() -> None:
    async def waiting(request: HttpRequest) -> bool:
        return True

    class Late(RequiresMixin, View):
        requires = waiting
        get = Plain.get

    with pytest.raises(TypeError, match="coroutine"):
        Late.as_view()
    with pytest.raises(TypeError, match="coroutine"):
        requires(waiting)(Plain)


def test_a_class_without_records_is_guarded_by_a_capability(
    user: Any, client_for: Any, settings: Any
) -> None:
    class Page(RequiresMixin, TemplateView):
        requires = rules.has_permission("see reports")
        template_name = "authkit/elements/help.html"

    settings.ROOT_URLCONF = urls(path("page/", Page.as_view()))
    client = client_for(user)
    assert outcome(client.get("/page/")) == 403

    auth.add_permission(user, "see reports")

    assert outcome(client.get("/page/")) == "seen"
