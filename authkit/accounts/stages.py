"""Steps of a login at which the status is asked again, fresh from the database."""

from __future__ import annotations

from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

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
            self.state["version"] = user.version
            return None, True
        return refuse_login(self.request, user), False

    def is_resumable(self, request: HttpRequest) -> bool:
        """Never, so that the login page does not lead back here."""
        return False


class FinalStatusStage(ApprovalStage):
    """Last: whoever was blocked, or logged out everywhere, during the second factor is not let in.

    Nor is whoever typed a password that has been changed since.
    """

    key = "final_status"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """As before, and the account is still in the version that the login began with."""
        response, go_on = super().handle()
        began = self.login.state["stages"][ApprovalStage.key]["data"].get("version")
        if response is None and self.state.get("version") != began:
            return HttpResponseRedirect(reverse("account_login")), False
        return response, go_on
