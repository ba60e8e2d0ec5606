"""What all pages have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from allauth.core.ratelimit import consume
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.views.generic import FormView

from authkit import audit
from authkit.accounts import callbacks, tokens
from authkit.accounts.adapter import is_safe_url
from authkit.accounts.forms import EmptyForm
from authkit.accounts.messages import text
from authkit.conf import get_conf, site_name


def keep_session(request: HttpRequest, user: Any) -> None:
    """Carry this session over a change that ends all others, in the list of sessions too."""
    update_session_auth_hash(request, user)
    UserSession.objects.create_from_request(request)


class PageMixin:
    """Template, context and refusals of a page of the route ``route``."""

    route: ClassVar[str]
    title: ClassVar[Any] = ""
    state = ""
    message_key: str | None = None
    http_method_names: Sequence[str] = ["get", "head", "options", "post"]
    request: HttpRequest

    def get_template_names(self) -> list[str]:
        """The route's own template, or the one for all."""
        if get_conf().SINGLE_TEMPLATE:
            return ["authkit/auth.html"]
        return [f"authkit/{self.route}.html"]

    def get_form_class(self) -> Any:
        """The project's form for the route, or ours."""
        path = get_conf().FORMS.get(self.route)
        if path is None or not self.takes_project_form():
            return super().get_form_class()  # type: ignore[misc]
        return callbacks.resolve(path, f"FORMS[{self.route!r}]")

    def takes_project_form(self) -> bool:
        """Whether FORMS[route] means this page's form."""
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What every template gets."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        context.setdefault("form", None)
        return context | {
            "route": self.route,
            "state": self.state,
            "title": self.title,
            "message": text(self.message_key) if self.message_key else None,
            "conf": get_conf(),
            "site_name": site_name(),
            "redirect_field": self.redirect_field(),
        }

    def next_url(self) -> str:
        """Where the person wanted to go, if that is on this origin."""
        wanted = self.request.POST.get("next") or self.request.GET.get("next")
        return wanted if wanted and is_safe_url(self.request, wanted) else ""

    def redirect_field(self) -> str:
        """A hidden field that carries ``next`` on."""
        url = self.next_url()
        return format_html('<input type="hidden" name="next" value="{}">', url) if url else ""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the errors, and record the refusal with their codes."""
        codes = error_codes(form)
        if codes - {"required"}:
            user = self.request.user
            audit.refuse(self.route, user=user if user.pk else None, reason=",".join(sorted(codes)))
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return response

    def show(self, state: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """The page in *state*."""
        self.state = state
        response: HttpResponse = self.render_to_response(  # type: ignore[attr-defined]
            self.get_context_data(**context), status=status
        )
        return response


def error_codes(form: Any) -> set[str]:
    """The stable codes of what is wrong with *form*."""
    return {
        str(error.code or "invalid")
        for errors in form.errors.as_data().values()
        for error in errors
    }


class Page(PageMixin, FormView):  # type: ignore[type-arg]  # generic in the stubs only
    """A page with a form; without one of its own, with a button."""

    form_class: type[forms.Form] = EmptyForm
    limit: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count the attempts of ``limit`` before any work is done."""
        if self.limit and request.method == "POST":
            user = request.user if request.user.is_authenticated else None
            if not consume(request, action=self.limit, user=user, key=self.limit_key(request)):
                audit.refuse(self.route, user=user, reason="throttled")
                return self.throttled()
        return super().dispatch(request, *args, **kwargs)

    def throttled(self) -> HttpResponse:
        """The form as it was typed, but for passwords, and the request to wait."""
        kwargs = {**self.get_form_kwargs(), "initial": self.request.POST.dict()}
        kwargs = {key: value for key, value in kwargs.items() if key not in {"data", "files"}}
        self.message_key = "throttled"
        context = self.get_context_data(form=self.get_form_class()(**kwargs))
        return self.render_to_response(context, status=429)

    def limit_key(self, request: HttpRequest) -> str | None:
        """What is counted besides the client's address."""
        return None

    def proceed(self, name: str, *args: Any) -> HttpResponse:
        """To the callback's response, else to ``next``, else to the page *name*."""
        response = callbacks.run(f"after_{self.route}", self.request, *args)
        # redirect() would take a word without a slash for the name of a page.
        return response or HttpResponseRedirect(self.next_url() or reverse(name))


class PrivatePage(LoginRequiredMixin, Page):
    """A page for whoever is logged in."""

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form is about the current user."""
        return super().get_form_kwargs() | {"user": self.request.user}


class LinkPage(Page):
    """A page that is opened by a mailed link; only its POST changes anything.

    The first GET keeps what the link proves in the session and leads to an address without it, so
    that it is neither shown, nor logged, nor sent on as a referrer.
    """

    purpose: ClassVar[str]
    dead_key = "link_invalid"
    OPENED = "open"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page for a link that holds, or the one that says that it does not."""
        if kwargs["key"] == self.OPENED:
            return self.opened() if self.claim() else self.dead()
        claim = tokens.read(self.purpose, kwargs["key"])
        if claim is None:
            return self.dead()
        tokens.keep(request, claim)
        names = request.resolver_match
        assert names is not None
        response: HttpResponse = redirect(names.view_name, **{**kwargs, "key": self.OPENED})
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Use the link."""
        return super().post(request, *args, **kwargs) if self.claim() else self.dead()

    def form_valid(self, form: Any) -> HttpResponse:
        """Use the link up; of two uses at once the second finds it dead."""
        claim = self.claim()
        user = self.use(claim, form) if claim is not None else None
        if user is None:
            return self.dead()
        tokens.forget(self.request)
        return self.used(user)

    def use(self, claim: tokens.Claim, form: Any) -> Any:
        """Do what the link is for; the user, or None: the link is dead."""
        raise NotImplementedError

    def used(self, user: Any) -> HttpResponse:
        """The answer when it is done."""
        raise NotImplementedError

    def throttled(self) -> HttpResponse:
        """Without a claim there is no account that a form could be about."""
        if self.claim() is not None:
            return super().throttled()
        self.message_key = "throttled"
        return self.show("invalid", status=429, form=self.way_out())

    def claim(self) -> tokens.Claim | None:
        """What the opened link has proved, while the account is still as it was then."""
        return tokens.kept(self.request, self.purpose) if self.account is not None else None

    @cached_property
    def account(self) -> Any:
        """Whom the opened link is about, the same throughout a request; None: it is dead."""
        claim = tokens.kept(self.request, self.purpose)
        return claim.user if claim is not None else None

    def opened(self) -> HttpResponse:
        """The page for a link that holds."""
        return self.show(self.state)

    def dead(self) -> HttpResponse:
        """The page for a link that does not hold."""
        if self.request.method == "POST":  # opening a link leaves no trace
            audit.refuse(self.route, reason="link_invalid")
        self.message_key = self.dead_key
        return self.show("invalid", status=404, form=self.way_out())

    def way_out(self) -> Any:
        """A form that helps whoever has a dead link."""
        return None
