"""Class-based views behind a rule: decorated, by the mixin, as ``as_view()``, method by method."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, View

from authkit import RequiresMixin, auth, requires, rules
from tests.blog.models import Post

from .views import IS_EDITOR, Mixed, Plain, outcome, request_of, urls

pytestmark = pytest.mark.django_db


@requires(IS_EDITOR)
class Decorated(View):
    get = post = Plain.get


class MixedLast(View, RequiresMixin):
    requires = IS_EDITOR
    get = post = Plain.get


class Child(Decorated):
    """Has the rule of its parent."""


class ChildOfMixed(Mixed):
    """Has the rule of its parent."""


class Careless(Decorated):
    """Answers before its parent is asked."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse("careless")


class CarelessMixed(Mixed):
    """The same below the mixin."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse("careless")


class EarlyAnswer:
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse("careless")


class CarelessSide(EarlyAnswer, Decorated):  # type: ignore[misc]
    """Has a parent that answers before the guarded one is asked."""


class ByMethod(View):
    @requires(IS_EDITOR)
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")

    post = get


class WithLogin(LoginRequiredMixin, Mixed):
    """Django's mixin beside ours."""


VIEWS = {
    "decorated": Decorated.as_view(),
    "mixin": Mixed.as_view(),
    "mixin, last": MixedLast.as_view(),
    "child": Child.as_view(),
    "child of the mixin": ChildOfMixed.as_view(),
    "own dispatch": Careless.as_view(),
    "own dispatch, mixin": CarelessMixed.as_view(),
    "parent with a dispatch": CarelessSide.as_view(),
    "as_view()": requires(IS_EDITOR)(Plain.as_view()),
    "by method": ByMethod.as_view(),
    "beside LoginRequiredMixin": WithLogin.as_view(),
    "rule in as_view": Mixed.as_view(requires=IS_EDITOR & (lambda request: True)),
}


@pytest.mark.parametrize("method", ["get", "head", "post"])
@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_a_class_is_guarded(view: Any, method: str, clients: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("page/", view))

    answers = [outcome(getattr(client, method)("/page/")) for client in clients]

    assert answers == ["seen", 403, "login"]


@pytest.mark.parametrize("name", [name for name in VIEWS if name != "by method"])
def test_the_methods_of_a_class_are_told_to_nobody_else(
    name: str, clients: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = urls(path("page/", VIEWS[name]))

    answers = [client.options("/page/") for client in clients]

    assert [outcome(answer) for answer in answers] == ["seen", 403, "login"]
    assert not any("Allow" in answer for answer in answers[1:])


def test_a_class_that_is_decorated_stays_what_it_is() -> None:
    assert (Decorated.__name__, isinstance(Decorated(), View)) == ("Decorated", True)
    assert not hasattr(View, "authkit_rules")
    assert outcome(Plain.as_view()(request_of())) == "seen"


def test_every_rule_of_a_class_counts(clients: Any, settings: Any) -> None:
    staff = requires(rules.is_staff)

    @staff
    @requires(IS_EDITOR)
    class Twice(View):
        get = Plain.get

    @staff
    class Below(Child):
        """Another rule than that of its parents."""

    @staff
    class Both(Mixed):
        """Another rule than that of the mixin."""

    for view in (Twice, Below, Both):
        settings.ROOT_URLCONF = urls(path("page/", view.as_view()))
        assert [outcome(client.get("/page/")) for client in clients] == [403, 403, "login"]
    settings.ROOT_URLCONF = urls(path("page/", Child.as_view()))
    assert outcome(clients[0].get("/page/")) == "seen"


def test_a_guarded_class_keeps_what_it_does_with_its_subclasses(
    clients: Any, settings: Any
) -> None:
    known: list[str] = []

    @requires(IS_EDITOR)
    class Base(Plain):
        def __init_subclass__(cls, *, word: str, **kwargs: Any) -> None:
            super().__init_subclass__(**kwargs)
            known.append(word)

    class Below(Base, word="below"):
        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return HttpResponse("careless")

    settings.ROOT_URLCONF = urls(path("page/", Below.as_view()))

    assert known == ["below"]
    assert [outcome(client.get("/page/")) for client in clients] == ["seen", 403, "login"]


def test_a_rule_knows_the_view_behind_as_view(user: Any, client_for: Any, settings: Any) -> None:
    class Show(DetailView):  # type: ignore[type-arg]
        model = Post
        template_name = "authkit/elements/help.html"

    guard = requires(rules.has_permission("read"))
    settings.ROOT_URLCONF = urls(path("<int:pk>/", guard(Show.as_view())))
    own, other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "read", own)

    assert [outcome(client_for(user).get(f"/{post.pk}/")) for post in (own, other)] == ["seen", 404]


def test_the_view_is_not_set_up_before_a_stranger_is_refused(settings: Any) -> None:
    class Loading(Plain):
        def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
            raise AssertionError

    guard = requires(rules.is_logged_in & rules.has_permission("report"))
    settings.ROOT_URLCONF = urls(path("page/", guard(Loading.as_view())))

    assert outcome(Client().get("/page/")) == "login"


@pytest.mark.parametrize(
    "decorators",
    [
        [requires(rules.has_permission("read"))],
        [requires(rules.is_logged_in), requires(rules.has_permission("read"))],
        [requires(rules.has_permission("read")), requires(rules.is_logged_in)],
    ],
    ids=["alone", "last", "first"],
)
@pytest.mark.parametrize("name", ["dispatch", "get"])
def test_a_method_decorator_of_django_asks_for_the_record(
    name: str, decorators: Any, make_user: Any, client_for: Any, settings: Any
) -> None:
    @method_decorator(decorators, name=name)
    class Show(DetailView):  # type: ignore[type-arg]
        model = Post
        template_name = "authkit/elements/help.html"

    settings.ROOT_URLCONF = urls(path("<int:pk>/", Show.as_view()))
    capable, reader, post = make_user(), make_user(), Post.objects.create()
    auth.add_permission(capable, "read")
    auth.add_permission(reader, "read", post)

    answers = [outcome(client_for(each).get(f"/{post.pk}/")) for each in (capable, reader)]

    assert answers == [404, "seen"]
