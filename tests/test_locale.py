"""German and French: complete catalogues, and no page or mail that is left half in English."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from authkit.accounts import mails
from authkit.accounts.messages import DEFAULTS
from authkit.accounts.routes import ROUTES
from authkit.models import Mail
from tests.conftest import Mailbox
from tests.locale_check import LANGUAGES, Entry, read, source
from tests.locale_pages import PAGES, WRONG, Scene, Words

CATALOGUES = {language: read(source(language)) for language in LANGUAGES}
PLACEHOLDER = re.compile(r"%\(\w+\)\w|\{\w*\}|%%")


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """Django leaves the language of a request active: no test may inherit that of another."""
    with translation.override("en"):
        yield


each_language = pytest.mark.parametrize("language", LANGUAGES)


def translations(language: str) -> Iterator[tuple[str, str]]:
    """Each text with each of its translations."""
    for entry in CATALOGUES[language][1:]:
        yield from zip(entry.sources, entry.msgstr, strict=True)


def compiled(entry: Entry) -> dict[Any, str]:
    """What the compiled catalogue holds for *entry*."""
    key = entry.msgid if entry.msgctxt is None else f"{entry.msgctxt}\x04{entry.msgid}"
    if entry.msgid_plural is None:
        return {key: entry.msgstr[0]}
    return {(key, number): text for number, text in enumerate(entry.msgstr)}


# The catalogues


def test_german_and_french_are_there() -> None:
    assert LANGUAGES == ["de", "fr"]


def test_all_languages_hold_the_same_texts() -> None:
    texts = [{entry.key for entry in entries} for entries in CATALOGUES.values()]
    assert texts[0] == texts[1]


@each_language
def test_nothing_is_left_untranslated_or_to_be_looked_over(language: str) -> None:
    fuzzy = [entry.msgid for entry in CATALOGUES[language] if entry.is_fuzzy]
    left = [
        source
        for source, text in translations(language)
        # Single words may be the same in both languages.
        if not text or (text == source and " " in PLACEHOLDER.sub("", source).strip())
    ]
    assert (fuzzy, left) == ([], [])


@each_language
def test_the_compiled_catalogue_is_the_one_that_is_edited(language: str) -> None:
    expected: dict[Any, str] = {}
    for entry in CATALOGUES[language][1:]:
        expected |= compiled(entry)
    with source(language).with_suffix(".mo").open("rb") as file:
        found = vars(gettext.GNUTranslations(file))["_catalog"]
    found.pop("")  # the header
    assert found == expected


@each_language
def test_translations_keep_placeholders_and_the_shape_of_the_text(language: str) -> None:
    def shape(text: str) -> list[Any]:
        ends = [text[:1].isspace(), text[-1:].isspace()]
        marks = [mark for mark in ".:,?" if text.rstrip().endswith(mark)]
        return [sorted(PLACEHOLDER.findall(text)), text.count("\n"), ends, marks]

    different = [pair for pair in translations(language) if shape(pair[0]) != shape(pair[1])]
    assert different == []


@pytest.mark.parametrize(
    ("language", "fault"),
    [
        ("de", r"\b[Dd](?:u|ich|ir|ein\w{0,2})\b"),  # a person is called Sie
        ("de", r"['\"]"),
        ("fr", r"(?i)\b(?:tu|te|toi|ton|ta|tes)\b"),  # and vous
        ("fr", r"['\"]"),
        ("fr", "[^\u202f][;:!?»]"),  # preceded by a narrow no-break space
        ("fr", "«[^\u202f]"),
    ],
)
def test_translations_follow_the_conventions_of_the_language(language: str, fault: str) -> None:
    assert [text for _source, text in translations(language) if re.search(fault, text)] == []


@each_language
def test_every_message_is_translated(language: str) -> None:
    english = {key: str(text) for key, text in DEFAULTS.items()}
    with translation.override(language):
        same = [key for key, text in DEFAULTS.items() if str(text) == english[key]]
    assert same == []


# Pages


def in_english(language: str, english: set[str], translated: set[str]) -> list[str]:
    """What of *translated* is still English."""
    same = {source for source, text in translations(language) if source == text}
    ours = {
        source
        for source, text in translations(language)
        if text != source and " " in source.strip() and not PLACEHOLDER.search(source)
    }
    mixed = {text for text in translated for source in ours if source in text}
    return sorted((english & translated) - same | mixed)


@pytest.fixture
def scene(make_user: Callable[..., Any], mailbox: Mailbox) -> Scene:
    return Scene(make_user, mailbox)


def test_the_pages_are_those_of_the_route_table() -> None:
    assert {route for route, _state in PAGES} == {route.key for route in ROUTES}


@each_language
@pytest.mark.parametrize(("route", "state"), PAGES)
def test_no_page_is_left_in_english(scene: Scene, language: str, route: str, state: str) -> None:
    path = PAGES[route, state](scene)
    scene.client.get(path)  # shows, in English, what the way here has left to say
    english, translated = (
        scene.client.get(path, headers={"accept-language": code}) for code in ("en", language)
    )
    context = translated.context
    assert (context["route"], context["state"]) == (route, state)
    words = Words(translated.content.decode())
    assert words.language == language
    assert words.texts
    assert in_english(language, Words(english.content.decode()).texts, words.texts) == []


@each_language
@pytest.mark.parametrize("route", WRONG)
def test_no_error_is_left_in_english(scene: Scene, language: str, route: str) -> None:
    path = PAGES[route, ""](scene)
    english, translated = (
        scene.client.post(path, WRONG[route], headers={"accept-language": code})
        for code in ("en", language)
    )
    assert translated.context["form"].errors
    found = [Words(page.content.decode()).texts for page in (english, translated)]
    assert in_english(language, *found) == []


@each_language
@pytest.mark.parametrize("page", ["429.html", "403.html", "403_csrf.html", "404.html"])
def test_a_page_of_an_error_is_not_left_in_english(language: str, page: str) -> None:
    pages = []
    for code in ("en", language):
        with translation.override(code):
            pages.append(Words(render_to_string(page)).texts)
    assert in_english(language, *pages) == []


# Mails


LINKS = ("link", "cancel_link", "login_link", "retrieval_link", "admin_link")
CONTEXT = {
    **dict.fromkeys(LINKS, "https://accounts.example.com/x"),
    "account_email": "user9@example.com",
    "new_address": "a@example.com",
    "username": "user9",
    "hours": 48,
    "minutes": 30,
    "at": timezone.now(),
}


def words_of(mail: Mail, language: str) -> tuple[set[str], str | None]:
    """What *mail* says in *language*, and the language it claims to speak."""
    with translation.override(language):
        message = mails.render(mail, CONTEXT)
    html = Words(str(message.alternatives[0][0]))
    lines = [str(message.subject), *str(message.body).splitlines()]
    plain = Words("".join(f"<p>{line}</p>" for line in lines))
    return plain.texts | html.texts, html.language


@each_language
@pytest.mark.parametrize("purpose", mails.PURPOSES)
def test_no_mail_is_left_in_english(
    make_user: Callable[..., Any], language: str, purpose: str
) -> None:
    user = make_user(first_name="Ada")
    mail = Mail(purpose=purpose, address=user.email, user=user)
    english, _language = words_of(mail, "en")
    translated, spoken = words_of(mail, language)
    assert spoken == language
    assert in_english(language, english, translated) == []


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("de", "Wählen Sie ein neues Passwort für accounts.example.com"),
        ("fr", "Choisissez un nouveau mot de passe pour accounts.example.com"),
    ],
)
def test_a_mail_speaks_the_language_of_the_page_that_asked_for_it(
    user: Any, mailbox: Mailbox, language: str, subject: str
) -> None:
    client = Client(headers={"accept-language": language})
    client.post(reverse("account_reset_password"), {"email": user.email})
    assert mailbox[-1].subject == subject
