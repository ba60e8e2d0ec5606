"""The verbs on the pages of users: bulk actions of the list, buttons on the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from authkit.audit import refuse
from authkit.models import get_event_model

from .actions import VERBS, Verb, carry_out
from .base import AuthkitAdmin

SHOWN = 100  # so many people are named before a verb is done to them


def _as_action(verb: Verb) -> Any:
    @admin.action(permissions=["change"], description=verb.plural)
    def act(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        response: HttpResponse | None = model_admin.act_on(request, verb, queryset)
        return response

    act.__name__ = verb.name
    return act


class VerbsAdmin(AuthkitAdmin):
    """Does the verbs to users, after a page that asks where it hurts."""

    actions = [*map(_as_action, VERBS.values())]
    change_form_template = "admin/authkit/user_change_form.html"

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_account"
        view = self.admin_site.admin_view(self.account_view)
        return [path("<path:object_id>/account/", view, name=name), *super().get_urls()]

    def _events_url(self, request: HttpRequest, user: Any) -> str | None:
        model = get_event_model()
        if not self.admin_site.is_registered(model):
            return None
        if not self.admin_site.get_model_admin(model).has_view_permission(request):
            return None
        return f"{self.url_of('changelist', model=model)}?user_key={quote(user.pk)}"

    def account_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do the posted verb to one user."""
        user = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404
        verb = VERBS.get(request.POST.get("verb", ""))
        if not self.has_change_permission(request, user):
            if verb is not None:
                refuse(verb.event, user=user, reason="not_allowed")
            raise PermissionDenied
        if verb is not None:
            users = self.get_queryset(request).filter(pk=user.pk)
            response = self.act_on(request, verb, users, back=self.url_of("change", user))
            if response is not None:
                return response
        return redirect(self.url_of("change", user))

    def act_on(
        self, request: HttpRequest, verb: Verb, queryset: Any, back: str = ""
    ) -> HttpResponse | None:
        """Do *verb* to the users of *queryset*; a page that asks first where it hurts."""
        if verb.warning and "confirmed" not in request.POST:
            return self._ask(request, verb, queryset, back or request.get_full_path())
        carry_out(request, verb, list(queryset), self.log_change).tell(request, verb)
        return None

    def _ask(self, request: HttpRequest, verb: Verb, queryset: Any, back: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "opts": self.opts,
            "verb": verb,
            "people": queryset[:SHOWN],
            "more": max(0, queryset.count() - SHOWN),
            "back": back,
            "posted": list(_posted(request)),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/authkit/user_confirm.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        user = kwargs.get("obj")
        if user is not None and not context["is_popup"]:
            context["account_url"] = self.url_of("account", user)
            context["events_url"] = self._events_url(request, user)
            if self.has_change_permission(request, user):
                context["verbs"] = [verb for verb in VERBS.values() if verb.is_possible(user)]
        return super().render_change_form(request, context, *args, **kwargs)


def _posted(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What has to be posted again to do what was asked for."""
    for name in ("verb", "action", "select_across", ACTION_CHECKBOX_NAME):
        for value in request.POST.getlist(name):
            yield name, value
