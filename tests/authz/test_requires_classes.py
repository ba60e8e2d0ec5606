"""Class-based views behind a rule: decorated, by the mixin, as ``as_view()``, method by method."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.generic import TemplateView, View

from authkit import RequiresMixin, requires, rules

from .views import outcome, page, urls

pytestmark = pytest.mark.django_db
EDITORS = rules.has_membership("editors")


class Plain(View):
    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return HttpResponse("seen")


@requires(EDITORS)
class Decorated(View):
    get = post = Plain.get


class Mixed(RequiresMixin, View):
    requires = EDITORS
    get = post = Plain.get


class MixedLast(View, RequiresMixin):
    requires = EDITORS
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
    @requires(EDITORS)
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
    "as_view()": requires(EDITORS)(Plain.as_view()),
    "by method": ByMethod.as_view(),
    "beside LoginRequiredMixin": WithLogin.as_view(),
    "rule in as_view": Mixed.as_view(requires=EDITORS & (lambda request: True)),
}


@pytest.fixture
def clients(make_user: Any, make_group: Any, client_for: Any) -> tuple[Client, Client, Client]:
    """A member of the group "editors", somebody else, and a stranger."""
    member, other = make_user(), make_user()
    make_group("editors", member)
    return client_for(member), client_for(other), Client()


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
    assert outcome_of_plain() == b"seen"


def outcome_of_plain() -> bytes:
    from django.test import RequestFactory

    return bytes(Plain.as_view()(RequestFactory().get("/")).content)


def test_every_rule_of_a_class_counts(clients: Any, settings: Any) -> None:
    staff = requires(rules.is_staff)

    @staff
    @requires(EDITORS)
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

    @requires(EDITORS)
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


def test_a_rule_knows_the_view_behind_as_view(user: Any, client_for: Any, settings: Any) -> None:
    from django.views.generic import DetailView

    from authkit import auth
    from tests.blog.models import Post

    class Show(DetailView):  # type: ignore[type-arg]
        model = Post
        template_name = "authkit/elements/help.html"

    guard = requires(rules.has_permission("read"))
    settings.ROOT_URLCONF = urls(path("<int:pk>/", guard(Show.as_view())))
    own, other = Post.objects.create(), Post.objects.create()
    auth.add_permission(user, "read", own)

    assert [outcome(client_for(user).get(f"/{post.pk}/")) for post in (own, other)] == ["seen", 404]


def test_a_class_without_records_is_guarded_by_a_capability(
    user: Any, client_for: Any, settings: Any
) -> None:
    from authkit import auth

    class Page(RequiresMixin, TemplateView):
        requires = rules.has_permission("see reports")
        template_name = "authkit/elements/help.html"

    settings.ROOT_URLCONF = urls(path("page/", Page.as_view()))
    client = client_for(user)
    assert outcome(client.get("/page/")) == 403

    auth.add_permission(user, "see reports")

    assert outcome(client.get("/page/")) == "seen"


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
    from django.utils.decorators import method_decorator
    from django.views.generic import DetailView

    from authkit import auth
    from tests.blog.models import Post

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
