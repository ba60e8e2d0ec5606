"""The administration of users."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from authkit.audit import refuse
from authkit.exceptions import AuthkitError, LastSuperuserError
from authkit.models import Action, Status

from .actions import OTHER, REASONS, send_password_link
from .filters import MemberFilter
from .memberships import GroupsInline
from .ranks import ask_once, may_manage
from .search import user_matches
from .user_form import UserForm
from .verbs import VerbsAdmin

IDENTITY = ("email", "username", "first_name", "last_name")
# "groups" and "user_permissions" are those of a project that mixes in PermissionsMixin.
PRIVILEGES = ("is_staff", "is_superuser", "groups", "user_permissions")
RECORD = ("status", "last_login", "date_joined")
HIDDEN = ("password", "is_active")
# For a column; the words of the model explain what a person has to wait for.
WORDS = {
    Status.ACTIVE: pgettext_lazy("account", "active"),
    Status.UNVERIFIED: gettext_lazy("unverified"),
    Status.PENDING: gettext_lazy("pending"),
    Status.DISABLED: gettext_lazy("disabled"),
    Status.BLOCKED: pgettext_lazy("account", "blocked"),
}


class UserAdmin(VerbsAdmin):
    """Users: found in any spelling, changed by the verbs, never above one's own rank."""

    form = UserForm
    actions = [*VerbsAdmin.actions, "delete_selected"]
    ordering = ("-pk",)
    list_filter = (
        "status",
        "is_staff",
        "is_superuser",
        MemberFilter,
        "last_login",
        "date_joined",
    )
    search_fields = ("email",)
    search_help_text = gettext_lazy("Address, user name or name, in any spelling.")

    def matches(self, word: str) -> models.Q:
        return user_matches(word)

    @admin.display(description=gettext_lazy("user"), ordering="email")
    def person(self, user: Any) -> str:
        """What the person logs in with, or the number of the account."""
        return str(user)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, user: Any) -> Any:
        """The status in one word."""
        return WORDS[user.status]

    def _existing(self, names: tuple[str, ...]) -> list[str]:
        own = {field.name for field in self.opts.get_fields()}
        return [name for name in names if name in own]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        names = ("is_staff", "is_superuser", "last_login", "date_joined")
        return ["person", *self._existing(("username",)), "state", *self._existing(names)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        known = {*IDENTITY, *PRIVILEGES, *RECORD, *HIDDEN}
        further = [
            field.name
            for field in (*self.opts.fields, *self.opts.many_to_many)
            if field.editable and not field.auto_created and field.name not in known
        ]
        privileges = self._existing(PRIVILEGES) if obj or request.user.is_superuser else []
        sets = [
            (None, self._existing(IDENTITY)),
            (gettext_lazy("Account"), self._existing(RECORD) if obj else []),
            (gettext_lazy("Further details"), further),
            (gettext_lazy("Privileges"), privileges),
        ]
        return [(title, {"fields": names}) for title, names in sets if names]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = self._existing(RECORD)
        if obj and obj.pk == request.user.pk:
            # The account's own page asks for the password, which whoever stole a session lacks.
            names.append("email")
        return names if request.user.is_superuser else [*names, *self._existing(PRIVILEGES)]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [GroupsInline] if obj and GroupsInline.fits(obj) else []

    def reaches(self, request: HttpRequest, row: Any) -> bool:
        return ask_once(may_manage, request, row)

    # Saving

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        if not change:
            obj.set_unusable_password()
            obj.save()
            send_password_link(obj)
            self.message_user(
                request, _("A link to set a password goes to %(address)s.") % {"address": obj.email}
            )
            return
        before, version = form.initial.get("email", obj.email), obj.version
        visitor: Any = request.user
        address, obj.email = obj.email, before
        changed = [f.name for f in self.opts.concrete_fields if f.name in form.changed_data]
        if names := [name for name in changed if name != "email"]:
            obj.save(update_fields=names)
        if "email" in changed and address != before:
            type(obj)._default_manager.set_email(obj, address)
        if obj.pk == visitor.pk and visitor.version == version != obj.version:
            # One's own change ends the other sessions, not this one; unless this one was ended
            # from elsewhere while the request was under way.
            update_session_auth_hash(request, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except LastSuperuserError as error:
            return self._refused(request, object_id, Action.PRIVILEGES, error)
        except AuthkitError as error:
            return self._refused(request, object_id, Action.UPDATE, error)
        except PermissionDenied:
            self._note(request, object_id, Action.UPDATE if object_id else Action.CREATE)
            raise

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except AuthkitError as error:
            return self._refused(request, object_id, Action.DELETE, error)
        except PermissionDenied:
            self._note(request, object_id, Action.DELETE)
            raise

    @admin.action(
        permissions=["delete"],
        description=gettext_lazy("Delete selected %(verbose_name_plural)s"),
    )
    def delete_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Django's own; all of them or, where the last superuser is among them, none."""
        try:
            with transaction.atomic():
                response: HttpResponse | None = delete_selected(self, request, queryset)
        except AuthkitError as error:
            refuse(Action.DELETE, reason=error.reason)
            self.message_user(request, self._sorry(error), messages.ERROR)
            return None
        except PermissionDenied:
            refuse(Action.DELETE, reason="not_allowed")
            raise
        return response

    def _refused(
        self, request: HttpRequest, object_id: str | None, event: str, error: AuthkitError
    ) -> HttpResponse:
        """Back to the page, with the reason."""
        user = self.get_object(request, unquote(object_id)) if object_id else None
        refuse(event, user=user, reason=error.reason)
        self.message_user(request, self._sorry(error), messages.ERROR)
        return redirect(self.url_of("changelist") if user is None else self.url_of("change", user))

    def _note(self, request: HttpRequest, object_id: str | None, event: str) -> None:
        """Note an attempt; merely looking at a page that is not there for one is none."""
        if request.method == "POST":
            user = self.get_object(request, unquote(object_id)) if object_id else None
            refuse(event, user=user, reason="not_allowed")

    @staticmethod
    def _sorry(error: AuthkitError) -> str:
        reason = REASONS.get(error.reason, OTHER)
        return _("Nothing was changed, because %(reason)s.") % {"reason": reason}
