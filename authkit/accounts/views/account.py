"""One's own account."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from authkit import audit
from authkit.accounts import flows
from authkit.accounts.devices import device
from authkit.accounts.fields_rw import writable_names
from authkit.accounts.forms import (
    AccountDeletionForm,
    PasswordChangeForm,
    ProfileForm,
)
from authkit.accounts.messages import say, text
from authkit.exceptions import LastSuperuserError, StaleUserError

from .base import PrivatePage, keep_session


class ProfileView(PrivatePage):
    """What the person may see and change about themselves."""

    route = "profile"
    title = _("Your profile")
    form_class = ProfileForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the way to everything else that concerns the account."""
        links = [
            {"key": key, "label": label, "text": line}
            for key, label, line in (
                ("password_change", _("Password"), _("Changing it logs you out everywhere else.")),
                ("email_change", _("Email address"), self.request.user.email or ""),  # type: ignore[union-attr]
                ("sessions", _("Sessions"), _("See where you are logged in.")),
                ("account_deletion", _("Delete the account"), _("This cannot be undone.")),
            )
        ]
        return super().get_context_data(**kwargs) | {"account_links": links}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        """Save the fields that may be written."""
        flows.change_profile(form.user, writable_names(form.user.__class__, "form_profile_rw"))
        say(self.request, "profile_updated")
        return self.proceed("account_profile", form)


class PasswordChangeView(PrivatePage):
    """The current password and a new one; ends every other session."""

    route = "password_change"
    title = _("Change your password")
    form_class = PasswordChangeForm
    limit = "change_password"

    @property
    def state(self) -> str:  # type: ignore[override]
        """Whether there is no current password."""
        return "" if self.request.user.has_usable_password() else "set"  # type: ignore[union-attr]

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        """Set it; of two changes at once, the later one is told so."""
        try:
            flows.change_password(form.user, form.cleaned_data["new_password"])
        except StaleUserError:
            return redirect("account_login")
        keep_session(self.request, form.user)
        say(self.request, "password_changed")
        return self.proceed("account_profile")


class SessionsView(PrivatePage):
    """Where one is logged in, and how to end that."""

    route = "sessions"
    title = _("Your sessions")
    limit = "reauthenticate"

    def get_form_kwargs(self) -> dict[str, Any]:
        """A button needs no user."""
        kwargs = super().get_form_kwargs()
        kwargs.pop("user")
        return kwargs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the sessions, newest first."""
        own = UserSession.objects.purge_and_list(self.request.user)
        rows = [
            {
                "pk": session.pk,
                "is_current": session.session_key == self.request.session.session_key,
                "device": device(session.user_agent),
                "place": session.ip,
                "created_at": session.created_at,
                "last_seen_at": session.last_seen_at,
            }
            for session in sorted(own, key=lambda session: session.created_at, reverse=True)
        ]
        return super().get_context_data(**kwargs) | {"sessions": rows}

    def form_valid(self, form: Any) -> HttpResponse:
        """End one of one's own, or all others."""
        wanted = self.request.POST.get("session", "")
        if wanted != "others":
            self._end(wanted)
            return redirect("account_sessions")
        try:
            flows.end_other_sessions(self.request.user)
        except StaleUserError:
            return redirect("account_login")
        keep_session(self.request, self.request.user)
        say(self.request, "sessions_ended")
        return redirect("account_sessions")

    def _end(self, wanted: str) -> None:
        is_key = wanted.isascii() and wanted.isdigit() and len(wanted) < 19
        if not (is_key and flows.end_session(self.request.user, int(wanted))):
            audit.refuse(self.route, user=self.request.user, reason="session_unknown")
            raise Http404
        say(self.request, "session_ended")


class AccountDeletionView(PrivatePage):
    """Leaving for good."""

    route = "account_deletion"
    title = _("Delete your account")
    form_class = AccountDeletionForm
    limit = "change_password"

    def form_valid(self, form: AccountDeletionForm) -> HttpResponse:
        """Delete, log out, and say goodbye by mail."""
        user = self.request.user
        try:
            flows.delete_account(user)
        except LastSuperuserError as error:
            form.add_error(None, ValidationError(text("last_superuser"), code=error.reason))
            return self.form_invalid(form)
        except StaleUserError:
            return redirect("account_login")
        logout(self.request)
        say(self.request, "account_deleted")
        return redirect("account_login")
