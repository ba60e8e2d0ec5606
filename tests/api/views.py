"""Views of posts behind Django REST framework, and what they are asked."""

from __future__ import annotations

from typing import Any

from django.test import Client
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ModelViewSet

from authkit import rules
from authkit.api.filters import PermittedFilter
from tests.blog.models import Post


class PostSerializer(ModelSerializer):
    """The fields of a post."""

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
    """All posts are listed, whatever is permitted."""

    filter_backends = []


def router_of(viewset: Any) -> Any:
    """The URLs of *viewset* below ``posts/``."""
    router = DefaultRouter()
    router.register("posts", viewset)
    return router.urls


def asked(client: Client, method: str, address: str) -> int:
    """The status that a request of *client* is answered."""
    data = {"data": {"title": "new"}, "content_type": "application/json"}
    kwargs: Any = data if method in {"post", "put", "patch"} else {}
    return int(getattr(client, method)(address, **kwargs).status_code)
