"""Settings of the benchmark: those of the suite, with guardian and the project's own user."""

from __future__ import annotations

from tests.settings import *  # noqa: F403
from tests.settings import AUTHKIT as SUITE
from tests.settings import DATABASES, VENDOR
from tests.settings import INSTALLED_APPS as OTHERS

INSTALLED_APPS = [*OTHERS, "guardian", "benchmarks.authz.project"]
# Tables come from the models: the user has foreign keys to apps with migrations, and they to him.
MIGRATION_MODULES = {name.rpartition(".")[2]: None for name in INSTALLED_APPS}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "bench.Person"
AUTHKIT = {**SUITE, "UNTARGETABLE_MODELS": ["bench.PlainLeaf"]}
ANONYMOUS_USER_NAME = None  # guardian's

DATABASE_ROUTERS = ["benchmarks.authz.project.router.ActiveRouter"]
if VENDOR == "postgresql":
    options = {"server_side_binding": True, "prepare_threshold": 2}
    mirror = {"TEST": {"MIRROR": "default"}, "OPTIONS": options}
    DATABASES["prepared"] = {**DATABASES["default"], **mirror}
