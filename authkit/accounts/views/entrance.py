"""Coming in and going out."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import views as allauth
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from authkit import audit
from authkit.accounts import callbacks
from authkit.accounts.status import SESSION_KEY

from .base import PageMixin, error_codes


class LoginView(PageMixin, allauth.LoginView):
    """Address or user name, and password."""

    route = "login"
    title = _("Log in")

    def get_form_class(self) -> Any:
        """allauth asks for the form by our setting itself."""
        return allauth.LoginView.get_form_class(self)

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin allauth's login; the form is there for the callback at its end."""
        self.request.authkit_form = form  # type: ignore[attr-defined]
        response: HttpResponse = allauth.LoginView.form_valid(self, form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Wrong credentials were recorded where they were found wrong."""
        return refused_by_allauth(self, form) or super().form_invalid(form)


class LogoutView(PageMixin, allauth.LogoutView):
    """A button, for a link must not log anybody out."""

    route = "logout"
    title = _("Log out")

    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Log out; the callback may say where to go."""
        response: HttpResponseBase = super().post(*args, **kwargs)
        return callbacks.run("after_logout", self.request) or response


class ReauthenticationView(PageMixin, allauth.ReauthenticateView):
    """The password once more, before something sensitive."""

    route = "reauthentication"
    title = _("Confirm that it is you")

    def get_form_class(self) -> Any:
        """allauth asks for the form by our setting itself."""
        return allauth.ReauthenticateView.get_form_class(self)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Whoever is not logged in does that first."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """allauth notes the time; the event says so."""
        audit.record(self.route, user=self.request.user)
        response: HttpResponse = allauth.ReauthenticateView.form_valid(self, form)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """A wrong password was recorded where it was found wrong."""
        return refused_by_allauth(self, form) or super().form_invalid(form)


def refused_by_allauth(view: Any, form: Any) -> HttpResponse | None:
    """The page with the errors of wrong credentials, which are in the audit trail already."""
    if error_codes(form) <= {"login_invalid", "required"}:
        response: HttpResponse = view.render_to_response(view.get_context_data(form=form))
        return response
    return None


class InactiveView(PageMixin, TemplateView):
    """Why the account cannot be used, told to whoever knew its password."""

    route = "inactive"
    title = _("You cannot log in")
    MESSAGES: ClassVar[dict[str, str]] = {
        "pending": "approval_pending",
        "disabled": "login_disabled",
        "blocked": "login_blocked",
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page for the status that this browser was told."""
        state = request.session.get(SESSION_KEY, "")
        self.message_key = self.MESSAGES.get(state, "login_inactive")
        return self.show(state if state in self.MESSAGES else "")
