"""Class-based views and the records that their rules ask for."""

from __future__ import annotations

from typing import Any

import pytest
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.generic import CreateView, DetailView, ListView

from authkit import RequiresMixin, auth, rules
from tests.blog.models import Post

from .views import Edit, outcome, urls

pytestmark = pytest.mark.django_db


def test_a_class_does_not_load_its_record_again(
    user: Any, client_for: Any, settings: Any, django_assert_num_queries: Any
) -> None:
    class Show(RequiresMixin, DetailView):
        requires = rules.has_permission("read")
        model = Post
        template_name = "authkit/elements/help.html"

    settings.ROOT_URLCONF = urls(path("<int:pk>/", Show.as_view()))
    post = Post.objects.create()
    auth.add_permission(user, "read", post)
    client = client_for(user)

    # The session and the user, the record, the answer
    with django_assert_num_queries(4):
        answer = client.get(f"/{post.pk}/")

    assert answer.context["object"] == post


def test_a_view_shows_no_record_that_its_own_list_lacks(
    user: Any, client_for: Any, settings: Any
) -> None:
    view = Edit.as_view(queryset=Post.objects.filter(title="public"))
    settings.ROOT_URLCONF = urls(path("<int:pk>/", view))
    auth.add_permission(user, "write", Post)
    posts = [Post.objects.create(title=title) for title in ("public", "private")]

    assert [outcome(client_for(user).get(f"/{post.pk}/")) for post in posts] == ["seen", 404]


def test_a_class_knows_whose_record_it_is(make_user: Any, client_for: Any, settings: Any) -> None:
    view = Edit.as_view(requires=rules.owns("author") | rules.has_permission("write"))
    settings.ROOT_URLCONF = urls(path("<int:pk>/", view))
    owner, writer, other = make_user(), make_user(), make_user()
    post = Post.objects.create(author=owner)
    auth.add_permission(writer, "write", post)
    clients = map(client_for, (owner, writer, other))

    assert [outcome(client.get(f"/{post.pk}/")) for client in clients] == ["seen", "seen", 404]


def test_a_list_needs_some_record_and_a_form_for_a_new_one_the_model(
    make_user: Any, client_for: Any, settings: Any
) -> None:
    class Posts(RequiresMixin, ListView):
        requires = rules.has_permission("read") | rules.owns("author")
        model = Post
        template_name = "authkit/elements/help.html"

    class New(RequiresMixin, CreateView):
        requires = rules.has_permission("read")
        queryset = Post.objects.all()
        fields = ["title"]
        template_name = "authkit/elements/help.html"

    settings.ROOT_URLCONF = urls(path("list/", Posts.as_view()), path("new/", New.as_view()))
    every, one, author, other = (make_user() for _ in range(4))
    auth.add_permission(every, "read", Post)
    auth.add_permission(one, "read", Post.objects.create(author=author))
    clients = [client_for(each) for each in (every, one, author, other)]

    assert [outcome(client.get("/list/")) for client in clients] == ["seen", "seen", "seen", 403]
    assert [outcome(client.get("/new/")) for client in clients] == ["seen", 403, 403, 403]


def test_what_the_url_names_is_not_the_record_that_is_made(
    user: Any, client_for: Any, settings: Any
) -> None:
    class New(RequiresMixin, CreateView):
        requires = rules.has_permission("write") | rules.owns("author")
        form_class = modelform_factory(Post, fields=["title"])
        template_name = "authkit/elements/help.html"

    settings.ROOT_URLCONF = urls(path("<int:pk>/new/", New.as_view()))
    parent = Post.objects.create(author=user)
    auth.add_permission(user, "write", parent)
    client = client_for(user)
    assert outcome(client.get(f"/{parent.pk}/new/")) == 403

    auth.add_permission(user, "write", Post)

    assert outcome(client.get(f"/{parent.pk}/new/")) == "seen"


def test_a_list_is_written_to_with_a_grant_on_the_model(
    user: Any, client_for: Any, settings: Any
) -> None:
    class Posts(RequiresMixin, ListView):
        requires = rules.has_permission("write")
        model = Post
        template_name = "authkit/elements/help.html"

        def post(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse()

    settings.ROOT_URLCONF = urls(path("", Posts.as_view()))
    auth.add_permission(user, "write", Post.objects.create())
    client = client_for(user)

    assert [outcome(client.get("/")), outcome(client.post("/"))] == ["seen", 403]
