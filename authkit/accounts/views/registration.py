"""Registering, and proving the address."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.core.ratelimit import consume
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from authkit.accounts import callbacks, flows, tokens
from authkit.accounts.forms import AddressForm, EmptyForm, NewPasswordForm, RegistrationForm
from authkit.accounts.messages import say
from authkit.accounts.status import show_status
from authkit.conf import get_conf
from authkit.models import Status, identity

from .base import LinkPage, Page

# Which registration this browser made, and with which address: only there a link needs no new
# password. Of an address that was taken it holds as much.
MARK = "authkit_registered"


class RegistrationView(Page):
    """A new account: ready, to be verified, to be approved, or both."""

    route = "registration"
    title = _("Create your account")
    form_class = RegistrationForm
    limit = "signup"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever is logged in has an account."""
        if request.user.is_authenticated:
            return HttpResponseRedirect(self.next_url() or reverse("account_profile"))
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        """Make the account; for a taken address the answer is the same, and the holder is told."""
        try:
            user = flows.register(form.account, form.cleaned_data["password"])
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        made = [str(user.pk), user.version] if user else ["", 0]
        self.request.session[MARK] = [*made, form.account["email"]]
        status = user.status if user else flows.first_status()
        response = self._go_on(user, status)
        if user is None:
            return response  # a callback would show that there is no new account
        logged_in = status == Status.ACTIVE
        return callbacks.run("after_registration", self.request, form, user, logged_in) or response

    def _go_on(self, user: Any, status: str) -> HttpResponse:
        if status == Status.UNVERIFIED:
            return redirect("account_email_verification_sent")
        if status == Status.PENDING:
            return show_status(self.request, status)
        say(self.request, "registration_success")
        return log_in(self.request, user, self.next_url())


def log_in(request: HttpRequest, user: Any, next_url: str = "") -> HttpResponse:
    """Log in through allauth, whoever has just registered."""
    response: HttpResponse = perform_login(
        request, user, signup=True, redirect_url=next_url or None
    )
    return response


class VerificationSentView(Page):
    """Check your mailbox; or have another mail sent."""

    route = "email_verification"
    title = _("Confirm your email address")
    form_class = AddressForm
    state = "sent"
    message_key = "verification_pending"
    limit = "signup"

    def takes_project_form(self) -> bool:
        """FORMS names the form of the link's page."""
        return False

    def get_initial(self) -> dict[str, Any]:
        """The address that this browser has registered, whether it was free or not."""
        mark = None if self.request.user.is_authenticated else self.request.session.get(MARK)
        return {"email": mark[2]} if mark else {}

    def form_valid(self, form: AddressForm) -> HttpResponse:
        """Send another mail to an account that waits for it; the answer is the same for all."""
        address = form.cleaned_data["email"]
        key = identity.email_key(address)
        # As many as allauth allows for one mailbox; silently, for a page that differs would tell.
        if consume(self.request, action="confirm_email", key=key):
            flows.request_mail("email_verification", address, event="email_verification_mail")
        say(self.request, "mail_success")
        return redirect("account_email_verification_sent")


class EmailVerificationView(LinkPage):
    """The link that proves the address."""

    route = "email_verification"
    title = _("Confirm your email address")
    purpose = "email_verification"
    limit = "reset_password_from_key"

    @cached_property
    def is_own_browser(self) -> bool:
        """Whether this browser made the registration that the link was sent for."""
        # Kept, since the claim that it is asked of is gone when the link has been used.
        claim = self.claim()
        mark = self.request.session.get(MARK, [])
        return claim is not None and mark[:2] == [claim.pk, claim.version]

    @cached_property
    def state(self) -> str:  # type: ignore[override]
        """What is asked for."""
        return "confirm" if self.is_own_browser else "choose_password"

    @cached_property
    def form_class(self) -> type[forms.Form]:  # type: ignore[override]
        """A button, or a new password from whoever did not register here."""
        return EmptyForm if self.is_own_browser else NewPasswordForm

    def takes_project_form(self) -> bool:
        """FORMS names the form with the new password."""
        return not self.is_own_browser

    def get_form_kwargs(self) -> dict[str, Any]:
        """The new password is checked against the account's data."""
        kwargs = super().get_form_kwargs()
        return kwargs if self.is_own_browser else kwargs | {"user": self.account}

    def use(self, claim: tokens.Claim, form: Any) -> Any:
        """Verify."""
        return flows.verify_email(claim, form.cleaned_data.get("new_password"))

    def used(self, user: Any) -> HttpResponse:
        """In the browser that registered, log in."""
        self.request.session.pop(MARK, None)
        say(self.request, "verification_success")
        response = callbacks.run("after_email_verification", self.request, user)
        return response or self._go_on(user)

    def _go_on(self, user: Any) -> HttpResponse:
        if user.status == Status.PENDING:
            return show_status(self.request, user.status)
        if self.is_own_browser and not self.request.user.is_authenticated:
            return log_in(self.request, user)
        return redirect("account_login")

    def way_out(self) -> Any:
        """Another mail."""
        return AddressForm() if get_conf().REGISTRATION_VERIFICATION else None
