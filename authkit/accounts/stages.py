"""Steps of a login at which the status is asked again, fresh from the database."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse

from authkit.models import Status

from .status import refuse_login


class ApprovalStage(LoginStage):
    """After the address was verified: a pending, disabled or blocked account goes no further."""

    key = "approval"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """A response and False to end the login, or None and True to go on."""
        user = self.login.user
        if user is None:
            return None, True
        user.refresh_from_db(fields=["status", "is_active", "blocked_from", "version", "password"])
        if user.status == Status.ACTIVE:
            return None, True
        return refuse_login(self.request, user), False

    def is_resumable(self, request: HttpRequest) -> bool:
        """Never, so that the login page does not lead back here."""
        return False


class FinalStatusStage(ApprovalStage):
    """Last: whoever was blocked during the second factor is not let in."""

    key = "final_status"
