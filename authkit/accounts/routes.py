"""The table of routes; urls, checks, documentation and tests derive from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, register_converter
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from authkit.conf import Conf, Dotted, get_conf

from . import callbacks, forms
from .views import account, email_change, entrance, recovery, registration


class _UserKey:
    """The part of a reset link before the hyphen, which the rest may contain too."""

    regex = "[0-9A-Za-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_UserKey, "authkit_uid")


@dataclass(frozen=True, slots=True)
class Page:
    """A URL of a route: its names (allauth reverses some of them), its tail, its view."""

    names: tuple[str, ...]
    tail: str
    view: type[View[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """A route: what it is called in settings, callbacks, templates, events and tests.

    form: what a form of the project derives from; None where FORMS has no place for one.
    callback: the arguments of ``after_<key>``; None where there is no such callback.
    fixed: other pages cannot do without it, so that it may be moved but not disabled.
    """

    key: str
    pages: tuple[Page, ...]
    form: type[BaseForm] | None = None
    callback: tuple[str, ...] | None = None
    fixed: bool = False

    @property
    def path(self) -> str:
        """Where it is below the include's prefix, if nothing else is configured."""
        return f"{self.key}/"


ROUTES = (
    Route(
        "login",
        (Page(("account_login",), "", entrance.LoginView),),
        form=forms.LoginForm,
        callback=("request", "form"),
        fixed=True,
    ),
    Route(
        "logout",
        (Page(("account_logout",), "", entrance.LogoutView),),
        callback=("request",),
        fixed=True,
    ),
    Route(
        "registration",
        (Page(("account_signup",), "", registration.RegistrationView),),
        form=forms.RegistrationForm,
        callback=("request", "form", "user", "logged_in"),
    ),
    Route(
        "profile",
        (Page(("account_profile",), "", account.ProfileView),),
        form=forms.ProfileForm,
        callback=("request", "form"),
    ),
    Route(
        "email_verification",
        (
            Page(("account_email_verification_sent",), "", registration.VerificationSentView),
            Page(("account_confirm_email",), "<str:key>/", registration.EmailVerificationView),
        ),
        form=forms.NewPasswordForm,
        callback=("request", "user"),
        fixed=True,
    ),
    Route(
        "password_retrieval",
        (
            Page(("account_reset_password",), "", recovery.PasswordRetrievalView),
            Page(("account_reset_password_done",), "sent/", recovery.PasswordRetrievalSentView),
        ),
        form=forms.AddressForm,
        callback=("request", "user"),
    ),
    Route(
        "password_reset",
        (
            Page(
                ("account_reset_password_from_key_done",), "done/", recovery.PasswordResetDoneView
            ),
            Page(
                ("account_reset_password_from_key",),
                "<authkit_uid:uidb36>-<str:key>/",
                recovery.PasswordResetView,
            ),
        ),
        form=forms.NewPasswordForm,
        callback=("request", "user"),
    ),
    Route(
        "password_change",
        (
            Page(
                ("account_change_password", "account_set_password"),
                "",
                account.PasswordChangeView,
            ),
        ),
        form=forms.PasswordChangeForm,
        callback=("request",),
    ),
    Route(
        "email_change",
        (
            Page(("account_email",), "", email_change.EmailChangeView),
            Page(
                ("account_email_change_cancel",),
                "cancel/<str:key>/",
                email_change.EmailChangeCancelView,
            ),
            Page(
                ("account_email_change_confirm",), "<str:key>/", email_change.EmailChangeConfirmView
            ),
        ),
        form=forms.EmailChangeForm,
    ),
    Route(
        "username_retrieval",
        (
            Page(("account_username_retrieval",), "", recovery.UsernameRetrievalView),
            Page(("account_username_retrieval_done",), "sent/", recovery.UsernameRetrievalSentView),
        ),
        form=forms.AddressForm,
    ),
    Route(
        "reauthentication",
        (Page(("account_reauthenticate",), "", entrance.ReauthenticationView),),
        form=forms.ReauthenticationForm,
        fixed=True,
    ),
    Route("sessions", (Page(("account_sessions", "usersessions_list"), "", account.SessionsView),)),
    Route(
        "account_deletion",
        (Page(("account_deletion",), "", account.AccountDeletionView),),
        form=forms.AccountDeletionForm,
    ),
    Route("inactive", (Page(("account_inactive",), "", entrance.InactiveView),), fixed=True),
)
BY_KEY = {route.key: route for route in ROUTES}
FORMS = {route.key: route.form for route in ROUTES if route.form}
CALLBACKS = {f"after_{route.key}": route.callback for route in ROUTES if route.callback}


def build_urlpatterns(conf: Conf) -> list[URLPattern]:
    """The URL patterns of every route, where *conf* wants them."""
    return [*_own(conf), *_extra(conf)]


def _own(conf: Conf) -> Iterator[URLPattern]:
    for route in ROUTES:
        base = conf.ROUTES_PATHS.get(route.key, route.path)
        for page in route.pages:
            view = page.view.as_view()
            # For LoginRequiredMiddleware: those that are private ask for themselves.
            view.login_required = False  # type: ignore[attr-defined]
            guarded = guard(route.key, view)
            for name in page.names:
                yield path(base + page.tail, guarded, name=name)


def _extra(conf: Conf) -> Iterator[URLPattern]:
    taken = {name for route in ROUTES for page in route.pages for name in page.names}
    for key, dotted in conf.EXTRA_ROUTES.items():
        if key in BY_KEY or f"account_{key}" in taken:
            continue  # reported by a check; a route of ours is not replaced by accident
        base = conf.ROUTES_PATHS.get(key, f"{key}/")
        yield path(base, guard(key, _view(key, dotted)), name=f"account_{key}")


def _view(key: str, dotted: Dotted) -> Callable[..., Any]:
    """The project's view, or one that raises what is wrong with it.

    The URLs must load in any case, or the check that reports it could not run.
    """
    try:
        view = callbacks.resolve(dotted, f"EXTRA_ROUTES[{key!r}]")
    except Exception as error:  # whatever a module of the project raises while it is imported
        return partial(_broken, error)
    found: Callable[..., Any] = view.as_view() if hasattr(view, "as_view") else view
    return found


def _broken(error: Exception, request: HttpRequest, **kwargs: Any) -> Any:
    raise error


def guard(key: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """*view* as a page of the route *key*: answers 404, but stays reversible, when disabled.

    Asked for each request, so that tests and projects may change it live.
    """

    @sensitive_post_parameters()  # outermost, so that no error report shows what was typed
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not is_enabled(key):
            raise Http404
        return view(request, *args, **kwargs)

    if iscoroutinefunction(view):
        markcoroutinefunction(guarded)
    guarded.authkit_route = key  # type: ignore[attr-defined]
    return guarded


def is_enabled(key: str) -> bool:
    """Whether the route *key* is on."""
    conf = get_conf()
    if key == "username_retrieval" and "username" not in conf.LOGIN_METHODS:
        return False
    route = BY_KEY.get(key)
    return key not in conf.DISABLED_ROUTES or (route is not None and route.fixed)
