"""Who may do something, whether one person may, and why: the resolver's own answers as a page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from authkit.authz import lists
from authkit.authz.asking import find_user
from authkit.authz.explaining import explain
from authkit.authz.holders import NOBODY, holder_of
from authkit.models.permissions import LONGEST_NAME, validate_permission_name
from authkit.models.targets import Target

from .targets import in_words, targetable_types

MOST = 50  # users and groups that are named


# Whether the visitor may view a user, or users at all: whoever may not does not learn who there is.
MayView = Callable[[Any], bool]


class WhyForm(forms.Form):
    """A question; it is sent as part of the address, so that it can be passed on."""

    name = forms.CharField(
        widget=AdminTextInputWidget,
        label=gettext_lazy("Permission"),
        max_length=LONGEST_NAME,
        strip=False,
        validators=[validate_permission_name],
    )
    content_type = forms.ModelChoiceField(
        ContentType.objects.none(), label=gettext_lazy("Model"), required=False
    )
    record = forms.CharField(
        widget=AdminTextInputWidget,
        label=gettext_lazy("Record"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("The primary key of one record. Empty: every record of the model."),
    )
    user = forms.CharField(
        widget=AdminTextInputWidget,
        label=gettext_lazy("User"),
        required=False,
        max_length=320,
        help_text=gettext_lazy("Address, user name or number. Empty: only who may."),
    )

    def __init__(self, *args: Any, may_view: MayView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_view = may_view
        if not may_view(None):
            del self.fields["user"]
        chosen: Any = self.fields["content_type"]
        chosen.queryset = targetable_types()

    def clean_user(self) -> Any:
        """The user of this address, name or number; None without one."""
        text = self.cleaned_data["user"]
        if not text:
            return None
        with suppress(LookupError):
            user = find_user(text)
            if self.may_view(user):
                return user
        raise ValidationError(_("There is no such user."), code="no_user")

    def clean(self) -> dict[str, Any]:
        """Find what is asked about; whether the record exists is no part of the question."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        content_type, record = cleaned["content_type"], cleaned["record"]
        if content_type is None:
            if record:
                self.add_error("content_type", _("Choose the model of the record."))
            cleaned["target"] = Target()
            return cleaned
        model = content_type.model_class()
        try:
            cleaned["target"] = Target.of_key(model, record) if record else Target.of(model)
        except (TypeError, ValueError):
            self.add_error("record", _("This is no key of a record of this model."))
        return cleaned


def of_group(group: Any, may_view: MayView) -> Any:
    """*group*, or the person whose own it is, where they may be viewed."""
    return group.owner if group.owner and may_view(group.owner) else group


def answers(cleaned: dict[str, Any], may_view: MayView) -> dict[str, Any]:
    """What a page shows: the decision about the user, if one is named, and who may."""
    name, target, user = cleaned["name"], cleaned["target"], cleaned.get("user")
    groups, users = lists.groups_with(name, target), lists.users_with(name, target)
    found: dict[str, Any] = {
        "groups": [of_group(each, may_view) for each in groups.select_related("owner")[:MOST]],
        "users": [each for each in users[:MOST] if may_view(each)] if may_view(None) else [],
        "group_count": groups.count(),
        "user_count": users.count(),
    }
    if user is not None:
        holder = holder_of(user)
        decision = explain(holder, name, target)
        for reason in decision.because:
            grant: Any = reason.permission
            if grant is not None:
                # One of those that the list shows.
                grant.words = in_words(grant)
        found |= {"asked": user, "decision": decision, "is_nobody": holder is NOBODY}
    return found
