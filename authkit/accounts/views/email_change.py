"""Another address for the account, proved by its mailbox and by a login."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from authkit.accounts import flows
from authkit.accounts.addresses import pending_address
from authkit.accounts.forms import EmailChangeForm
from authkit.accounts.messages import say
from authkit.accounts.tokens import Claim

from .base import LinkPage, PrivatePage, keep_session


class EmailChangeView(PrivatePage):
    """Another address, which holds once its mailbox has been proved."""

    route = "email_change"
    title = _("Change your email address")
    form_class = EmailChangeForm
    limit = "manage_email"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the address in use and the one that waits."""
        pending = pending_address(self.request.user)
        return super().get_context_data(**kwargs) | {
            "current": self.request.user.email,  # type: ignore[union-attr]
            "pending": pending.email if pending else None,
        }

    def form_valid(self, form: EmailChangeForm) -> HttpResponse:
        """Write to both addresses; says the same whether the new one is free or not."""
        flows.request_email_change(form.user, form.cleaned_data["email"])
        say(self.request, "email_change_sent")
        return redirect("account_email")


class EmailChangeConfirmView(LinkPage):
    """The link that proves the new address; used by whoever can log in to the account.

    Whoever merely owns the mailbox must not give a verified address to somebody else's account.
    """

    route = "email_change"
    title = _("Confirm your new email address")
    purpose = "email_change"
    state = "confirm"

    def takes_project_form(self) -> bool:
        """FORMS names the form of the first page."""
        return False

    def opened(self) -> HttpResponse:
        """The button; or the login, which leads back here."""
        return self._turned_away() or super().opened()

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, which ends all sessions but this one."""
        return self._turned_away() or super().form_valid(form)

    def use(self, claim: Claim, form: Any) -> Any:
        """Change the address."""
        return flows.change_email(claim)

    def used(self, user: Any) -> HttpResponse:
        """The profile, with the new address."""
        keep_session(self.request, user)
        say(self.request, "email_changed")
        return redirect("account_profile")

    def _turned_away(self) -> HttpResponse | None:
        """The answer to whoever is not logged in to the account; the link is not used up."""
        if self.request.user == self.account:
            return None
        if self.request.user.is_authenticated:
            self.message_key = "link_other_account"
            return self.show("invalid", status=403)
        say(self.request, "email_change_login", messages.INFO)
        return redirect_to_login(self.request.path)


class EmailChangeCancelView(LinkPage):
    """The link in the old mailbox: it was not me."""

    route = "email_change"
    title = _("Keep your email address")
    purpose = "email_change_cancel"
    state = "cancel"

    def takes_project_form(self) -> bool:
        """FORMS names the form of the first page."""
        return False

    def use(self, claim: Claim, form: Any) -> Any:
        """Drop the change and end all sessions: somebody else knows the password."""
        return flows.cancel_email_change(claim)

    def used(self, user: Any) -> HttpResponse:
        """The way to a new password."""
        say(self.request, "email_change_cancelled")
        return redirect("account_reset_password")
