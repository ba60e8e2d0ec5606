"""Models whose keys are neither integers nor UUIDs: as a whole they can have grants."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.views.generic import UpdateView

from authkit import RequiresMixin, requires, rules
from authkit.models import Permission
from tests.authz.conftest import Twins
from tests.blog.models import Language

pytestmark = pytest.mark.django_db


@pytest.fixture
def language(db: None) -> Language:
    return Language.objects.create(code="en")


@pytest.mark.parametrize("granted", [True, False])
def test_the_answer_for_the_model_is_that_for_each_record(
    auth: Twins, user: Any, group: Any, language: Language, *, granted: bool
) -> None:
    if granted:
        auth.add_permission(group, "change", Language)
    assert auth.has_permission("change", language, user=user) is granted
    assert auth.has_permission("change", Language, "en", user=user) is granted
    assert auth.has_permission("change", Language, language, group=group) is granted
    assert auth.check_many(["change"], [language], user=user) == {("change", "en"): granted}
    assert auth.check_many(["change"], Language.objects.all(), user=user) == {
        ("change", "en"): granted
    }
    assert (language in auth.permitted(Language, "change", user=user)) is granted
    assert (user in auth.users_with("change", language)) is granted
    assert auth.explain("change", language, user=user).allowed is granted


def test_a_superuser_may(auth: Twins, make_user: Callable[..., Any], language: Language) -> None:
    boss = make_user(is_superuser=True)
    assert auth.has_permission("change", language, user=boss)
    assert boss.has_perm("blog.change_language", language)


def test_a_grant_on_one_record_is_refused(auth: Twins, group: Any, language: Language) -> None:
    for target in ((language,), (Language, "en"), (Language, language)):
        with pytest.raises(TypeError, match="neither an integer nor a UUID"):
            auth.add_permission(group, "change", *target)
    assert not Permission.objects.exists()


def test_an_unsaved_record_with_another_key_is_an_error(auth: Twins, user: Any) -> None:
    with pytest.raises(ValueError, match="unsaved"):
        auth.has_permission("change", Language(code="de"), user=user)


class Edit(RequiresMixin, UpdateView):  # type: ignore[type-arg]
    requires = rules.has_permission("change")
    model = Language
    fields = ("code",)
    template_name = "403.html"


@requires(rules.has_permission("change", Language, record="pk"))
def edit(request: Any, pk: str) -> Any:
    return Edit.as_view()(request, pk=pk)


def status_of(call: Callable[[], Any]) -> int:
    try:
        return int(call().status_code)
    except PermissionDenied:
        return 403
    except Http404:
        return 404


@pytest.mark.parametrize("view", [Edit.as_view(), edit], ids=["class", "function"])
@pytest.mark.parametrize(
    ("granted", "key", "status"),
    [
        ("change", "en", 200),
        ("read", "en", 403),
        ("", "en", 404),
        ("change", "de", 404),
    ],
)
def test_a_view_of_such_a_record_is_guarded(
    auth: Twins,
    user: Any,
    group: Any,
    language: Language,
    view: Any,
    granted: str,
    key: str,
    status: int,
) -> None:
    if granted:
        auth.add_permission(group, granted, Language)
    request = RequestFactory().get("/")
    request.user = user
    assert status_of(lambda: view(request, pk=key)) == status


def test_a_key_in_another_spelling_is_another_key(
    user: Any, group: Any, language: Language
) -> None:
    """To ``record=``; a class of Django's loads what the database takes for the same."""
    Permission.objects.add(group, "change", Language)
    request = RequestFactory().get("/")
    request.user = user
    found = {key: status_of(partial(edit, request, pk=key)) for key in ("en", "EN", "e\x00n")}
    assert found == {"en": 200, "EN": 404, "e\x00n": 404}
