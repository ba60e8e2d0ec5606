"""System checks: judge the settings, and show the line that is missing.

``manage.py check --tag authkit`` runs these alone; with ``--deploy`` come those for a server that
people use. Nothing else validates settings.
"""

from django.core.checks import register

from .deletions import check_deletions
from .engine import check_engine
from .hooks import check_hooks
from .issue import ISSUES, Issue
from .keys import check_keys
from .models import check_models
from .project import check_project
from .routes import check_routes
from .security import check_deployment, check_security

__all__ = ["ISSUES", "TAG", "Issue"]

TAG = "authkit"

for check in (
    check_keys,
    check_routes,
    check_hooks,
    check_project,
    check_engine,
    check_models,
    check_deletions,
    check_security,
):
    register(check, TAG)
register(check_deployment, TAG, deploy=True)
