"""Searching: every word must be found, in whatever spelling; no input is an error."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Contains
from django.utils.text import smart_split, unescape_string_literal

from authkit.models.identity import fold

# Beyond these SQLite refuses the pattern or the depth of the expression.
LONGEST_TERM = 200
MOST_WORDS = 10

_KEYS = ("email_key", "username_key")
_NAMES = ("first_name", "last_name")


def words_of(term: str) -> list[str] | None:
    """The words of *term*, quoted ones together; None when it cannot be found anyway."""
    if "\x00" in term or len(term) > LONGEST_TERM:
        return None
    words = [
        unescape_string_literal(word) if word[0] in "\"'" and word[0] == word[-1] else word
        for word in smart_split(term)
    ]
    return None if len(words) > MOST_WORDS else words


def text_matches(field: str, word: str) -> Q:
    """*word* occurs in *field*; byte-ordered columns know no case of their own."""
    return Q(Contains(Lower(field), word.lower()))


def user_matches(word: str, prefix: str = "") -> Q:
    """*word* occurs in the address, the user name or a name of the user, in any spelling."""
    model = get_user_model()
    fields = {field.name for field in model._meta.concrete_fields}
    query = Q()
    for name in _KEYS:
        if name in fields:
            query |= Q(**{f"{prefix}{name}__contains": fold(word)})
    for name in _NAMES:
        if name in fields:
            query |= Q(**{f"{prefix}{name}__icontains": word})
    return query or Q(**{f"{prefix}{model.USERNAME_FIELD}__icontains": word})
