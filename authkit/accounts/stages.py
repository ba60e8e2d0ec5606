"""Steps of a login at which the status is asked again, fresh from the database."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import LoginStage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from authkit.models import Status

from .status import refuse_login


class ApprovalStage(LoginStage):
    """After the address was verified: a pending, disabled or blocked account goes no further.

    Nor does one that has changed since the password was found right.
    """

    key = "approval"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """A response and False to end the login, or None and True to go on."""
        user = self.login.user
        if user is None:
            return None, True
        began = self.began(user)
        user.refresh_from_db(fields=["status", "is_active", "blocked_from", "version", "password"])
        if user.status != Status.ACTIVE:
            return refuse_login(self.request, user), False
        if user.version != began:
            return HttpResponseRedirect(reverse("account_login")), False
        self.state["version"] = began
        return None, True

    def began(self, user: Any) -> int:
        """The version of the account at which the password was right."""
        version: int = user.version
        return version

    def is_resumable(self, request: HttpRequest) -> bool:
        """Never, so that the login page does not lead back here."""
        return False


class FinalStatusStage(ApprovalStage):
    """Last: whoever was blocked, or logged out everywhere, during the second factor stays out."""

    key = "final_status"

    def began(self, user: Any) -> int:
        """As the first stage has noted it, which a second factor may have kept waiting."""
        version: int = self.login.state["stages"][ApprovalStage.key]["data"].get("version", -1)
        return version
