"""With whom a document is shared, and about whom one asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from authkit.models import Status, get_group_model


class ShareForm(forms.Form):
    """A group or a person, what they get, and until when."""

    holder = forms.ChoiceField(label="With")
    right = forms.ChoiceField(
        label="They may", choices=[("read", "Read it"), ("write", "Read and change it")]
    )
    expires_at = forms.DateTimeField(
        label="Until",
        required=False,
        help_text="In UTC. Empty: until it is taken back.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, owner: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The groups of single persons stand among the people.
        groups = get_group_model().objects.shared()
        people = get_user_model().objects.filter(status=Status.ACTIVE).exclude(pk=owner.pk)
        kinds = {"group": groups, "user": people.order_by("username")}
        self.holders = {f"{kind}:{row.pk}": row for kind in kinds for row in kinds[kind]}
        self.fields["holder"].choices = [  # type: ignore[attr-defined]
            (label, [(key, str(row)) for key, row in self.holders.items() if key.startswith(kind)])
            for kind, label in (("group", "Groups"), ("user", "People"))
        ]

    def clean_holder(self) -> Any:
        """The group or user itself."""
        return self.holders[self.cleaned_data["holder"]]

    def clean_expires_at(self) -> Any:
        """A moment that is still to come, or None."""
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("This moment is over.", "past")
        return expires_at


class AskForm(forms.Form):
    """Somebody who may, or may not."""

    # Typed in: a list would show everybody's address.
    person = forms.EmailField(label="Email address")

    def clean_person(self) -> Any:
        """The user, if active."""
        user = get_user_model().objects.get_by_email(self.cleaned_data["person"])
        if user is None or user.status != Status.ACTIVE:
            raise ValidationError("No active account has this address.", "unknown")
        return user
