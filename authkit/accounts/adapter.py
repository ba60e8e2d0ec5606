"""The bridge to allauth: its engine asks here for authkit's policy."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from authkit import audit
from authkit.conf import get_conf
from authkit.models import Mail, Status, identity

from . import callbacks, tokens
from .addresses import sync_address
from .backend import AuthkitBackend, named
from .messages import say, text
from .status import SESSION_KEY, refuse_login

_MISMATCH = ("email_password_mismatch", "username_password_mismatch", "incorrect_password")
# What allauth says, and we say in our own words; the rest of its messages is dropped.
_MESSAGES = {"account/messages/logged_out.txt": "logged_out"}


class AuthkitAccountAdapter(DefaultAccountAdapter):
    """authkit's policy in allauth's flows."""

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """allauth's errors, those of a login in our own words."""
        if code in _MISMATCH:
            return ValidationError(text("login_invalid"), code="login_invalid")
        if code == "too_many_login_attempts":
            return ValidationError(text("throttled"), code="throttled")
        error: ValidationError = super().validation_error(code, *args)
        return error

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whether the registration route is on; social sign-up asks here too."""
        return "registration" not in get_conf().DISABLED_ROUTES

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """A response that ends the login of an account that is not active."""
        if user.status != Status.ACTIVE:
            clear_login(request)
            return refuse_login(request, user)
        sync_address(user)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin the session with the short expiration; the login form may prolong it."""
        if not hasattr(user, "backend"):
            user.backend = own_backend()
        super().login(request, user)
        # What somebody else opened or was told in this browser is no business of the user's.
        tokens.forget_of_others(request, user)
        request.session.pop(SESSION_KEY, None)
        if "_session_expiry" not in request.session:
            request.session.set_expiry(get_conf().SESSION_EXPIRATION)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Where to go after any kind of login: the callback's answer, or the usual page."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        form = getattr(request, "authkit_form", None)
        return callbacks.run("after_login", request, form) or response

    def get_login_stages(self) -> list[str]:
        """allauth's stages with the status asked after verification and at the end."""
        stages = super().get_login_stages()
        place = stages.index("allauth.account.stages.EmailVerificationStage") + 1
        stages.insert(place, "authkit.accounts.stages.ApprovalStage")
        return [*stages, "authkit.accounts.stages.FinalStatusStage"]

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Only what we have words for."""
        if message_template in _MESSAGES:
            say(request, _MESSAGES[message_template], level)

    def send_confirmation_mail(self, request: HttpRequest, confirmation: Any, signup: bool) -> None:  # noqa: FBT001
        """Queue our own verification mail."""
        address = confirmation.email_address
        Mail.objects.queue("email_verification", address.email, address.user)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures are counted for the account, by whatever name and spelling it is tried."""
        user = AuthkitBackend.find(credentials)
        request.authkit_found = named(credentials), user  # type: ignore[attr-defined]
        typed = credentials.get("email") or credentials.get("username") or ""
        return f"user:{user.pk}" if user is not None else f"typed:{identity.email_key(str(typed))}"

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether it is the user's password; a wrong one is no failed login."""
        with audit.naming("reauthentication"):
            return bool(super().reauthenticate(user, password))

    def set_password(self, user: Any, password: str) -> None:
        """Set it by the manager's verb, which ends all sessions."""
        get_user_model()._default_manager.set_password(user, password)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: the pages are pages, and the API is an API."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether *url* stays on this origin."""
        return is_safe_url(self.request, url)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """LOGOUT_REDIRECT_URL, or the login page."""
        return resolve_url(settings.LOGOUT_REDIRECT_URL or settings.LOGIN_URL)


def forget_failures(request: HttpRequest, user: Any) -> None:
    """Whoever has proved the mailbox is not kept waiting for the failures of others."""
    names = {"email": user.email, "username": getattr(user, "username", None)}
    AuthkitAccountAdapter(request)._delete_login_attempts_cached_email(request, **names)


def own_backend() -> str:
    """The path under which the project has configured our backend, for sessions name it."""
    paths = settings.AUTHENTICATION_BACKENDS
    return next(path for path in paths if issubclass(import_string(path), AuthkitBackend))


def is_safe_url(request: HttpRequest, url: str | None) -> bool:
    """Whether *url* is on the origin of *request*, which other allowed hosts are not."""
    if not url or not url.isprintable() or not url.isascii():
        return False
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def client_ip(request: HttpRequest) -> str | None:
    """The client's address, as far as proxies are trusted by configuration; None if unknown."""
    try:
        return get_client_ip(request) or None
    except ImproperlyConfigured:  # the request came past the proxies that the settings count
        return None
