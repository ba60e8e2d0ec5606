"""Getting back in: a forgotten password, a forgotten user name."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from authkit.accounts import callbacks, flows
from authkit.accounts.adapter import forget_failures
from authkit.accounts.forms import AddressForm, NewPasswordForm
from authkit.accounts.messages import say
from authkit.accounts.tokens import Claim
from authkit.models import identity

from .base import LinkPage, Page, PageMixin


class MailRequestPage(Page):
    """Asks for an address and writes to it; says the same whether there is an account or not."""

    form_class = AddressForm
    limit = "reset_password"
    purpose: str
    sent: str

    def limit_key(self, request: Any) -> str | None:
        """Each mailbox by itself, however the address is spelled."""
        typed = request.POST.get("email", "")[: identity.LONGEST_LOOKUP]
        return f"{self.route}:{identity.email_key(typed)}"

    def form_valid(self, form: AddressForm) -> HttpResponse:
        """Queue the mail."""
        user = flows.request_mail(self.purpose, form.cleaned_data["email"], event=self.route)
        callback = f"after_{self.route}"
        response = callbacks.run(callback, self.request, user)
        return response or redirect(self.sent)


class SentPage(PageMixin, TemplateView):
    """Check your mailbox."""

    title = _("Check your mailbox")
    state = "sent"
    message_key = "mail_success"


class PasswordRetrievalView(MailRequestPage):
    """A link for a new password."""

    route = "password_retrieval"
    title = _("Forgotten password")
    purpose = "password_reset"
    sent = "account_reset_password_done"


class PasswordRetrievalSentView(SentPage):
    """Tells that the link was mailed."""

    route = "password_retrieval"


class UsernameRetrievalView(MailRequestPage):
    """The user name, by mail."""

    route = "username_retrieval"
    title = _("Forgotten user name")
    purpose = "username_retrieval"
    sent = "account_username_retrieval_done"


class UsernameRetrievalSentView(SentPage):
    """Tells that the user name was mailed."""

    route = "username_retrieval"


class PasswordResetView(LinkPage):
    """The link that lets a new password be set; it logs nobody in."""

    route = "password_reset"
    title = _("Choose a new password")
    purpose = "password_reset"
    dead_key = "reset_key_invalid"
    form_class = NewPasswordForm
    limit = "reset_password_from_key"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The new password is checked against the account's data."""
        return super().get_form_kwargs() | {"user": self.account}

    def use(self, claim: Claim, form: NewPasswordForm) -> Any:
        """Set it, which ends all sessions and all other links."""
        return flows.reset_password(claim, form.cleaned_data["new_password"])

    def used(self, user: Any) -> HttpResponse:
        """The page that says so, from which one can log in."""
        forget_failures(self.request, user)
        say(self.request, "password_changed")
        response = callbacks.run("after_password_reset", self.request, user)
        return response or redirect("account_reset_password_from_key_done")


class PasswordResetDoneView(PageMixin, TemplateView):
    """The new password holds."""

    route = "password_reset"
    title = _("Your password has been changed")
    state = "done"
