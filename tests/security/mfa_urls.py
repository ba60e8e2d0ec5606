"""The test project's URLs with allauth's pages for a second factor."""

from __future__ import annotations

from django.urls import include, path

from tests.urls import urlpatterns as own

urlpatterns = [*own, path("auth/two_factor/", include("allauth.mfa.urls"))]
