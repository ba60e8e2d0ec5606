"""The password policy."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .conf import get_conf

MAX_LENGTH = 4096  # code points; what is longer never reaches the hasher


class PasswordPolicy:
    """Length, known passwords and likeness to the person's own data; nothing about composition.

    Source: NIST SP 800-63B-4, 3.1.1.2.
    """

    @cached_property
    def _others(self) -> list[Any]:
        return [
            CommonPasswordValidator(),
            UserAttributeSimilarityValidator(
                user_attributes=("username", "first_name", "last_name", "email")
            ),
        ]

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError: with one error for each rule that is broken."""
        minimum = get_conf().PASSWORD_MIN_LENGTH
        if len(password) > MAX_LENGTH:
            raise ValidationError(
                _("Use at most %(max)d characters.") % {"max": MAX_LENGTH}, code="password_too_long"
            )
        errors = []
        if len(password) < minimum:
            message = ngettext(
                "Use at least %(min)d character.", "Use at least %(min)d characters.", minimum
            )
            errors.append(ValidationError(message % {"min": minimum}, code="password_too_short"))
        for other in self._others:
            try:
                other.validate(password, user)
            except ValidationError as error:
                errors.append(error)
        if errors:
            raise ValidationError(errors)

    def get_help_text(self) -> str:
        """The rules, for the page."""
        return _(
            "At least %(min)d characters; a sentence of four or five words is easy to remember."
        ) % {"min": get_conf().PASSWORD_MIN_LENGTH}
