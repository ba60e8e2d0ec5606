"""Rules in the ``permission_classes`` of Django REST framework, and before its routers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.decorators import action, api_view, permission_classes
from rest_framework.permissions import IsAdminUser, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from authkit import auth, requires, rules
from authkit.api.filters import PermittedFilter
from tests.authz.views import JSON, outcome, urls
from tests.blog.models import Post

pytestmark = pytest.mark.django_db


class PostSerializer(ModelSerializer):
    class Meta:
        model = Post
        fields = ["id", "title"]


class Posts(ModelViewSet):
    """The session of the browser is who asks, and 401 is what a stranger is answered."""

    queryset = Post.objects.order_by("pk")
    serializer_class = PostSerializer
    authentication_classes = [BasicAuthentication, SessionAuthentication]
    renderer_classes = [JSONRenderer]
    permission_classes = [rules.has_permission("read")]
    filter_backends = [PermittedFilter]

    @action(detail=True, methods=["post"], permission_classes=[rules.has_permission("publish")])
    def publish(self, request: Any, pk: str) -> Response:
        return Response({"published": self.get_object().pk})


class OpenPosts(Posts):
    filter_backends = []


def router_of(viewset: Any) -> Any:
    router = DefaultRouter()
    router.register("posts", viewset)
    return router.urls


def asked(client: Client, method: str, address: str) -> int:
    data = {"data": {"title": "new"}, "content_type": "application/json"}
    kwargs: Any = data if method in {"post", "put", "patch"} else {}
    return int(getattr(client, method)(address, **kwargs).status_code)


@pytest.mark.parametrize(
    ("method", "address", "expected"),
    [
        ("get", "/posts/", [200, 200, 403, 401]),
        ("head", "/posts/", [200, 200, 403, 401]),
        ("options", "/posts/", [200, 200, 403, 401]),
        # A new record is nobody's yet: it needs the whole model.
        ("post", "/posts/", [201, 403, 403, 401]),
        ("get", "/posts/{one}/", [200, 200, 404, 401]),
        ("head", "/posts/{one}/", [200, 200, 404, 401]),
        ("put", "/posts/{one}/", [200, 200, 404, 401]),
        ("patch", "/posts/{one}/", [200, 200, 404, 401]),
        ("delete", "/posts/{one}/", [204, 204, 404, 401]),
        ("get", "/posts/{two}/", [200, 404, 404, 401]),
        ("delete", "/posts/{two}/", [204, 404, 404, 401]),
        ("get", "/posts/77/", [404, 404, 404, 401]),
        ("get", "/posts/0{one}/", [404, 404, 404, 401]),
    ],
)
@pytest.mark.parametrize(("number", "name"), [*enumerate(["all", "one", "none", ""])])
@pytest.mark.parametrize("viewset", [Posts, OpenPosts])
def test_a_router_is_guarded_by_a_rule(
    viewset: Any,
    number: int,
    name: str,
    method: str,
    address: str,
    expected: list[int],
    people: Any,
    client_for: Any,
    settings: Any,
) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(viewset))))
    one, two = Post.objects.order_by("pk")
    address = address.format(one=one.pk, two=two.pk)

    client = client_for(people[name]) if name else Client()

    assert asked(client, method, address) == expected[number]


def test_an_action_has_a_rule_of_its_own(people: Any, client_for: Any, settings: Any) -> None:
    settings.ROOT_URLCONF = urls(path("", include(router_of(Posts))))
    one, two = Post.objects.order_by("pk")
    addresses = [f"/posts/{post.pk}/publish/" for post in (one, two)]

    answers = {
        name: [client_for(people[name]).post(address).status_code for address in addresses]
        for name in ("publisher", "all")
    }

    assert answers == {"publisher": [200, 403], "all": [403, 403]}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # The model named, the record of another model, the URL's part, the owner
        (rules.has_permission("read", Post), [200, 404]),
        (rules.has_permission("read", "blog.Picture"), [403, 403]),
        (rules.has_permission("read", Post, record="pk"), [200, 404]),
        (rules.owns("author"), [403, 200]),
        (rules.owns("author") | rules.has_permission("read"), [200, 200]),
        (rules.is_logged_in & rules.has_permission("read"), [200, 404]),
        (rules.is_staff, [403, 403]),
        (lambda request: request.user.is_authenticated, None),
    ],
    # Not the address of the function, which every process has another of.
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_rule_asks_for_the_record(
    rule: Any, expected: Any, people: Any, client_for: Any, settings: Any
) -> None:
    if expected is None:
        rule, expected = requires(rule).rule, [200, 200]

    class Guarded(OpenPosts):
        permission_classes = [rule]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Guarded))))
    one, two = Post.objects.order_by("pk")
    Post.objects.filter(pk=two.pk).update(author=people["one"])
    client = client_for(people["one"])

    answers = [client.get(f"/posts/{post.pk}/").status_code for post in (one, two)]

    assert answers == expected
    assert asked(Client(), "get", f"/posts/{one.pk}/") == 401


@pytest.mark.parametrize(
    ("combined", "expected"),
    [
        (IsAuthenticated & rules.has_membership("editors"), [200, 403, 401]),
        (rules.has_membership("editors") & IsAuthenticated, [200, 403, 401]),
        (IsAdminUser | rules.has_membership("editors"), [200, 403, 401]),
        (rules.has_membership("editors") | IsAdminUser, [200, 403, 401]),
        (rules.has_membership("editors") & IsAdminUser, [403, 403, 401]),
    ],
)
def test_a_rule_combines_with_the_classes_of_the_framework(
    combined: Any, expected: Any, make_user: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    class Guarded(APIView):
        authentication_classes = Posts.authentication_classes
        permission_classes = [combined]

        def get(self, request: Any) -> Response:
            return Response({})

    settings.ROOT_URLCONF = urls(path("page/", Guarded.as_view()))
    member, other = make_user(), make_user()
    make_group("editors", member)
    clients = [client_for(member), client_for(other), Client()]

    assert [asked(client, "get", "/page/") for client in clients] == expected


def test_a_rule_before_what_the_framework_has_composed_is_one_of_its_parts(
    people: Any, client_for: Any, settings: Any, make_user: Any
) -> None:
    class Composed(OpenPosts):
        permission_classes = [rules.is_staff | ~IsAuthenticated | (IsAuthenticated & IsAdminUser)]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Composed))))
    clients = client_for(make_user(is_staff=True)), client_for(people["all"]), Client()

    assert [asked(client, "get", "/posts/") for client in clients] == [200, 403, 200]


def test_a_view_without_records_is_guarded_by_what_is_named(
    user: Any, client_for: Any, settings: Any
) -> None:
    class Guarded(APIView):
        renderer_classes = [JSONRenderer]

        def get(self, request: Any, **kwargs: Any) -> Response:
            return Response({})

    capability = Guarded.as_view(permission_classes=[rules.has_permission("report")])
    model = Guarded.as_view(permission_classes=[rules.has_permission("write", Post)])
    settings.ROOT_URLCONF = urls(path("a/<int:pk>/", capability), path("b/<int:pk>/", model))
    client = client_for(user)
    auth.add_permission(user, "write", Post, 5)
    assert [asked(client, "get", address) for address in ("/a/5/", "/b/5/")] == [403, 403]

    auth.add_permission(user, "report")
    auth.add_permission(user, "write", Post)

    assert [asked(client, "get", address) for address in ("/a/5/", "/b/5/")] == [200, 200]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # The framework has no 401 where a session is what it asks for first.
        ("a", [200, 404, 403]),
        ("b", [200, 404, 401]),
        ("c", [200, 404, 401]),
        ("d", [200, 404, 401]),
    ],
)
def test_a_function_of_the_framework_is_guarded(
    name: str, expected: list[int], people: Any, client_for: Any, settings: Any
) -> None:
    rule = rules.has_permission("read", Post, record="pk")

    @api_view(["GET"])
    @permission_classes([rule])
    def inside(request: Any, pk: int) -> Response:
        return Response({"title": request.authkit_record.title})

    @api_view(["GET"])
    @requires(rule)
    def decorated(request: Any, pk: int) -> Response:
        return Response({"title": request.authkit_record.title})

    class ByMethod(APIView):
        @requires(rule)
        def get(self, request: Any, pk: int) -> Response:
            return Response({"title": request.authkit_record.title})

    settings.ROOT_URLCONF = urls(
        path("a/<int:pk>/", inside),
        path("b/<int:pk>/", decorated),
        path("c/<int:pk>/", requires(rule)(inside)),
        path("d/<int:pk>/", ByMethod.as_view()),
    )
    one, _two = Post.objects.order_by("pk")
    clients = [client_for(people["one"]), client_for(people["none"]), Client()]

    answers = [client.get(f"/{name}/{one.pk}/", **JSON) for client in clients]

    assert [answer.status_code for answer in answers] == expected
    assert answers[0].json() == {"title": "one"}


def test_a_router_is_guarded_as_a_whole(
    people: Any, make_group: Any, client_for: Any, settings: Any
) -> None:
    make_group("editors", people["all"])
    guard = requires(rules.has_membership("editors"))
    settings.ROOT_URLCONF = urls(path("", guard.include(router_of(Posts))))
    one, _two = Post.objects.order_by("pk")
    clients = [client_for(people["all"]), client_for(people["one"]), Client()]

    for address in ("/posts/", f"/posts/{one.pk}/", "/"):
        answers = [client.get(address, **JSON) for client in clients]
        assert [answer.status_code for answer in answers[1:]] == [403, 401]
        assert [outcome(client.options(address)) for client in clients[1:]] == [403, "login"]
    assert asked(clients[0], "get", "/posts/") == 200


def test_whoever_a_token_names_is_asked_for(people: Any, client_for: Any, settings: Any) -> None:
    class TokenAuthentication(BasicAuthentication):
        def authenticate(self, request: Any) -> Any:
            return (people[name], None) if (name := request.headers.get("token")) else None

    class Guarded(Posts):
        authentication_classes = [TokenAuthentication]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Guarded))))
    client = client_for(people["all"])

    answers = [
        client.get("/posts/", headers={"token": name} if name else {}).status_code
        for name in ("one", "none", "")
    ]

    assert answers == [200, 403, 401]


def test_a_rule_that_fails_denies(people: Any, client_for: Any, settings: Any) -> None:
    class Guarded(Posts):
        permission_classes = [requires(lambda request: 1 / 0).rule]

    class Negated(Posts):
        permission_classes = [~requires(lambda request: 1 / 0).rule]

    for viewset in (Guarded, Negated):
        settings.ROOT_URLCONF = urls(path("", include(router_of(viewset))))
        assert asked(client_for(people["all"]), "get", "/posts/") == 403


def test_a_rule_that_fails_denies_also_when_the_framework_negates_it(
    people: Any, client_for: Any, settings: Any
) -> None:
    broken = requires(lambda request: 1 / 0).rule

    class Negated(Posts):
        permission_classes = [~(IsAuthenticated & broken)]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Negated))))

    assert asked(client_for(people["all"]), "get", "/posts/") == 403


def test_another_class_may_allow_a_record_that_the_rule_hides(
    make_user: Any, client_for: Any, settings: Any
) -> None:
    class Either(OpenPosts):
        permission_classes = [rules.has_permission("read") | IsAdminUser]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Either))))
    staff, other = make_user(is_staff=True), make_user()
    auth.add_permission(staff, "read", Post.objects.create())
    auth.add_permission(other, "read", Post.objects.create())
    hidden = Post.objects.create()

    answers = [client_for(user).get(f"/posts/{hidden.pk}/") for user in (staff, other)]

    assert [answer.status_code for answer in answers] == [200, 403]


def test_a_guard_before_a_whole_view_does_not_take_some_record_for_each(
    people: Any, client_for: Any, settings: Any
) -> None:
    guard = requires(rules.has_permission("read"))

    @guard
    class Decorated(Posts):
        permission_classes = []
        filter_backends = []

    class ByMethod(Posts):
        permission_classes = []
        filter_backends = []
        retrieve = guard(Posts.retrieve)
        list = guard(Posts.list)

    class Included(Posts):
        permission_classes = []
        filter_backends = []

    for urlpatterns in (
        include(router_of(Decorated)),
        include(router_of(ByMethod)),
        guard.include(router_of(Included)),
    ):
        settings.ROOT_URLCONF = urls(path("", urlpatterns))
        for post in Post.objects.all():
            assert asked(client_for(people["one"]), "get", f"/posts/{post.pk}/") == 403
        assert asked(client_for(people["one"]), "get", "/posts/") == 403


def test_a_new_record_is_nobodys(people: Any, client_for: Any, settings: Any, caplog: Any) -> None:
    class Owned(Posts):
        permission_classes = [rules.owns("author")]

    settings.ROOT_URLCONF = urls(path("", include(router_of(Owned))))

    assert asked(client_for(people["all"]), "post", "/posts/") == 403
    assert "could not be asked" not in caplog.text


def test_an_action_that_does_not_ask_for_its_record_is_guarded(
    people: Any, client_for: Any, settings: Any, django_assert_num_queries: Any
) -> None:
    class Careless(Posts):
        @action(detail=True, methods=["post"])
        def clear(self, request: Any, pk: str) -> Response:
            return Response({"cleared": pk})

        def retrieve(self, request: Any, pk: str) -> Response:
            return Response({"title": self.get_object().title})

    settings.ROOT_URLCONF = urls(path("", include(router_of(Careless))))
    one, two = Post.objects.order_by("pk")
    client = client_for(people["one"])

    answers = [client.post(f"/posts/{post.pk}/clear/").status_code for post in (one, two)]

    assert answers == [200, 404]
    # The session and the user, the answer and that for the whole model, the record
    with django_assert_num_queries(5):
        assert client.get(f"/posts/{one.pk}/").json() == {"title": "one"}


def test_a_record_is_found_by_another_field(people: Any, client_for: Any, settings: Any) -> None:
    class ByTitle(OpenPosts):
        lookup_field = "title"
        permission_classes = [rules.has_permission("read") | rules.owns("author")]

    settings.ROOT_URLCONF = urls(path("", include(router_of(ByTitle))))

    answers = {
        name: [asked(client_for(people[name]), "get", f"/posts/{title}/") for title in titles]
        for name, titles in {"one": ("one", "two", "none"), "none": ("one", "none")}.items()
    }

    assert answers == {"one": [200, 404, 404], "none": [403, 403]}


def test_a_view_that_finds_no_records_needs_the_whole_model(
    people: Any, client_for: Any, settings: Any
) -> None:
    class Numbers(APIView):
        queryset = Post.objects.all()
        permission_classes = [rules.has_permission("read")]

        def get(self, request: Any, pk: int) -> Response:
            return Response({"pk": pk})

    settings.ROOT_URLCONF = urls(
        path("<int:pk>/", Numbers.as_view(renderer_classes=[JSONRenderer]))
    )
    one, _two = Post.objects.order_by("pk")

    answers = [asked(client_for(people[name]), "get", f"/{one.pk}/") for name in ("all", "one")]

    assert answers == [200, 403]
