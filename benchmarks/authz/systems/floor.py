"""The ideal schema that both floors ask."""

from __future__ import annotations

from benchmarks.authz.dataset import Dataset
from benchmarks.authz.drivers import Driver
from benchmarks.authz.loading import fill_model
from benchmarks.authz.project.models import IdealGrant, IdealGroup, IdealMembership


def fill_ideal(driver: Driver, data: Dataset) -> None:
    """Groups, memberships and grants."""
    groups = ((key, f"group {key}") for key in range(1, data.size.groups + 1))
    fill_model(driver, IdealGroup, ["id", "name"], groups)
    fill_model(driver, IdealMembership, ["user", "group"], data.memberships)
    fill_model(driver, IdealGrant, ["model", "action", "record", "group"], data.grants)
