"""The stored keys that make a person unique: address and user name."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from authkit.conf import get_conf

LONGEST_USERNAME = 150
LONGEST_ADDRESS = 254  # of the stored address and of its key
# Of what is looked up: 64 characters, @ and 255 (RFC 5321, 4.5.3.1); no account has a longer name.
LONGEST_LOOKUP = 320

_ASCII_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")
_UNICODE_NAME = re.compile(r"[^\W_][\w.+-]*")


def fold(text: str) -> str:
    """The caseless form of *text*: NFKC, case fold, NFKC again (Unicode TR 36, 2.11.2)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def clean_email(address: str) -> str:
    """*address* as it is stored and mailed to: trimmed, lower case, otherwise as typed."""
    return address.strip().lower()


def email_key(address: str) -> str:
    """The key that makes *address* unique."""
    return fold(address.strip())


def username_key(name: str) -> str:
    """The key that makes a user name unique."""
    return fold(name.strip())


def validate_username(name: str) -> None:
    """Raises ValidationError: *name* is not a user name under ``UNICODE_USERNAMES``."""
    # One character may become six in the key.
    MaxLengthValidator(LONGEST_USERNAME)(username_key(name))
    if not get_conf().UNICODE_USERNAMES:
        if not _ASCII_NAME.fullmatch(name):
            raise ValidationError(
                _(
                    "Use letters from a to z, digits and . _ + - only, and start with a letter "
                    "or a digit."
                ),
                code="username_invalid",
            )
        return
    if not _UNICODE_NAME.fullmatch(unicodedata.normalize("NFKC", name)):
        raise ValidationError(
            _("Use letters, digits and . _ + - only, and start with a letter or a digit."),
            code="username_invalid",
        )
    if len(_scripts(name)) > 1:
        raise ValidationError(_("Use letters of one alphabet only."), code="username_mixed")


def _scripts(name: str) -> set[str]:
    # Python knows no script property; the first word of a letter's name is the script's name.
    # The three Japanese scripts are written together.
    japanese = {"HIRAGANA", "KATAKANA", "CJK"}
    words = {unicodedata.name(char, "?").split()[0] for char in fold(name) if char.isalpha()}
    return {"JAPANESE" if word in japanese else word for word in words}
