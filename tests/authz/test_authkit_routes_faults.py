"""What ``manage.py authkit_routes`` finds to be misspelt in rules."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.core.management import CommandError, call_command
from django.urls import include, path, re_path
from django.views import View
from django.views.generic import ListView, TemplateView, UpdateView
from rest_framework.permissions import IsAuthenticated
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from authkit import RequiresMixin, requires, rules
from tests.blog.models import Picture, Post

from .views import listed, page


class Edit(RequiresMixin, UpdateView):  # type: ignore[type-arg]
    requires = rules.has_permission("write") | rules.owns("author__email")
    model = Post
    fields = ["title"]


class Own(RequiresMixin, ListView):  # type: ignore[type-arg]
    """Finds its model while it runs."""

    requires = rules.has_permission("read") | rules.owns("author")

    def get_queryset(self) -> Any:
        return Post.objects.filter(title=self.request.GET["title"])


class Report(RequiresMixin, TemplateView):
    requires = rules.has_permission("report")


class PictureApi(ModelViewSet):  # type: ignore[type-arg]
    queryset = Picture.objects.all()
    permission_classes = [IsAuthenticated & rules.owns("author")]


class NumbersApi(APIView):
    permission_classes = [rules.has_permission("count")]


POST = "blog.Post"
IN_URL = rules.has_permission("write", POST, record="post_id")
FAULTS = {
    "label/": (rules.has_permission("write", "blog.Pots"), ["blog.Pots"]),
    "app/": (~rules.has_any_permission("write", "blogs.Post"), ["blogs"]),
    "never/": (rules.has_permission("write", "sessions.Session"), ["UNTARGETABLE_MODELS"]),
    "path/": (rules.owns("autor", POST, record="pk"), ["no 'pk'", "no 'autor'"]),
    "by-other/<int:post_id>/": (IN_URL | rules.owns("title"), ["'title'"]),
    "by-typo/<int:post_id>/": (
        rules.has_permission("write", "blog.Pots", record="post_id") | rules.owns("author"),
        ["blog.Pots"],
    ),
    "no-record/": (rules.is_staff | rules.owns("author"), ["about no record"]),
    "part/<int:pk>/": (IN_URL, ["the URL has no 'post_id'"]),
}
FINE = {
    "part/<int:post_id>/": IN_URL | rules.owns("author"),
    "kwargs/": IN_URL,
    "owner/<uuid:pk>/": rules.owns("post__author", "blog.Picture", record="pk"),
}


def test_what_is_misspelt_is_a_fault(settings: Any) -> None:
    settings.ROOT_URLCONF = (
        *(path(name, requires(rule)(page)) for name, (rule, _told) in FAULTS.items()),
        path("edit/<int:pk>/", Edit.as_view()),
        path("pictures/", PictureApi.as_view({"get": "list"})),
    )
    told = {name: told for name, (_rule, told) in FAULTS.items()}
    told |= {"edit/<int:pk>/": ["'email' leads to no"], "pictures/": ["no 'author'"]}

    lines = listed()

    assert {address.strip("/") for address in lines} == {name.strip("/") for name in told}
    for name, faults in told.items():
        assert lines[f"/{name}"].count("FAULT") == len(faults)
        assert all(fault in lines[f"/{name}"].split("FAULT", 1)[1] for fault in faults), name
    with pytest.raises(CommandError, match=f"0 of {len(told)} .*, {len(told)} by one"):
        call_command("authkit_routes", "--check", stdout=StringIO())


def test_what_can_be_asked_is_none(settings: Any) -> None:
    settings.ROOT_URLCONF = (
        *(
            path(name, requires(rule)(page), {"post_id": 5} if name == "kwargs/" else {})
            for name, rule in FINE.items()
        ),
        path("<int:post_id>/", include([path("below/", requires(IN_URL)(page))])),
        re_path(r"^(?P<post_id>\d+)/re/$", requires(IN_URL)(page)),
        *i18n_patterns(path("<int:post_id>/language/", requires(IN_URL)(page))),
        path("own/", Own.as_view()),
    )

    assert listed("--check") == {}


def test_a_right_that_is_asked_for_without_a_model_is_marked(settings: Any) -> None:
    right = rules.has_permission("ban")
    settings.ROOT_URLCONF = (
        path("function/", requires(right & rules.is_staff)(page)),
        path("class/", Report.as_view()),
        path("outside/", requires(right)(View.as_view())),
        path("api/", NumbersApi.as_view()),
        path("records/", requires(right)(Own.as_view(requires=right))),
        path("model/", requires(rules.has_permission("ban", Post))(page)),
    )

    assert listed() == {
        "/function/": "has_permission('ban') & is_staff (capability: ban)",
        "/class/": "has_permission('report') (capability: report)",
        "/outside/": "has_permission('ban') (capability: ban)",
        "/api/": "has_permission('count') (capability: count)",
        "/records/": "has_permission('ban')",
        "/model/": "has_permission('ban', blog.Post)",
    }
