"""The project's app."""

from __future__ import annotations

from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Holds the records, the people and the ideal schema."""

    name = "benchmarks.authz.project"
    label = "bench"
