"""One's own account."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model, logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from authkit import audit
from authkit.accounts import flows, tokens
from authkit.accounts.addresses import pending_address
from authkit.accounts.devices import device
from authkit.accounts.fields_rw import writable_names
from authkit.accounts.forms import (
    AccountDeletionForm,
    EmailChangeForm,
    PasswordChangeForm,
    ProfileForm,
)
from authkit.accounts.messages import say, text
from authkit.exceptions import LastSuperuserError, StaleUserError

from .base import LinkPage, PrivatePage


def keep_session(request: HttpRequest, user: Any) -> None:
    """Carry this session over a change that ends all others, in the list of sessions too."""
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)


class ProfileView(PrivatePage):
    """What the person may see and change about himself."""

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
        with transaction.atomic(), audit.naming("profile"):
            form.user.save(update_fields=writable_names(form.user.__class__, "form_profile_rw"))
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
        user = form.user
        manager = get_user_model()._default_manager
        try:
            with transaction.atomic(), audit.naming("password_change"):
                password = form.cleaned_data["new_password"]
                manager.set_password(user, password, version=user.version)
        except StaleUserError:
            return redirect("account_login")
        keep_session(self.request, user)
        say(self.request, "password_changed")
        return self.proceed("account_profile")


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
    """The link that proves the new address."""

    route = "email_change"
    title = _("Confirm your new email address")
    purpose = "email_change"
    state = "confirm"

    def takes_project_form(self) -> bool:
        """FORMS names the form of the first page."""
        return False

    def form_valid(self, form: Any) -> HttpResponse:
        """Change it, which ends all sessions but, if it is the person's, this one."""
        claim = self.claim()
        own = claim is not None and str(self.request.user.pk) == claim.pk
        user = claim and flows.change_email(claim)
        if not user:
            return self.dead()
        tokens.forget(self.request)
        if own:
            keep_session(self.request, user)
        say(self.request, "email_changed")
        return redirect("account_profile" if own else "account_login")


class EmailChangeCancelView(LinkPage):
    """The link in the old mailbox: it was not me."""

    route = "email_change"
    title = _("Keep your email address")
    purpose = "email_change_cancel"
    state = "cancel"

    def takes_project_form(self) -> bool:
        """FORMS names the form of the first page."""
        return False

    def form_valid(self, form: Any) -> HttpResponse:
        """Drop the change and end all sessions: somebody else knows the password."""
        claim = self.claim()
        user = claim and flows.cancel_email_change(claim)
        if not user:
            return self.dead()
        tokens.forget(self.request)
        say(self.request, "email_change_cancelled")
        return redirect("account_reset_password")


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
        if wanted == "others":
            self._end_others()
        else:
            self._end(wanted)
        return redirect("account_sessions")

    def _end_others(self) -> None:
        user: Any = self.request.user
        with audit.naming("sessions"):
            user.__class__._default_manager.end_sessions(user)
        keep_session(self.request, user)
        say(self.request, "sessions_ended")

    def _end(self, wanted: str) -> None:
        own = UserSession.objects.filter(user=self.request.user)
        session = (
            own.filter(pk=int(wanted)).first()
            if wanted.isascii() and wanted.isdigit() and len(wanted) < 19
            else None
        )
        if session is None:
            audit.refuse(self.route, user=self.request.user, reason="session_unknown")
            raise Http404
        with transaction.atomic():
            session.end()
            audit.record("sessions", user=self.request.user, data={"action": "end_one"})
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
        logout(self.request)
        say(self.request, "account_deleted")
        return redirect("account_login")
