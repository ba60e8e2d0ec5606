"""WB: framing, sniffing and caches: the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from authkit.accounts.routes import ROUTES
from tests.conftest import PASSWORD

from .pages import FORMS, LINKS, NAMES, OUTSIDE, path

# WB03, WB04, TK10: the headers of every page

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def is_guarded(response: Any) -> bool:
    policy = response.headers["Content-Security-Policy"]
    cached = response.headers["Cache-Control"]
    return (
        "default-src 'self'" in policy
        and "frame-ancestors 'none'" in policy
        and {name: response.headers[name] for name in HEADERS} == HEADERS
        and "no-store" in cached
        and "private" in cached
    )


@pytest.mark.parametrize("browser", ["nobody", "user"])
@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "delete", "trace"])
@pytest.mark.parametrize("name", NAMES)
def test_wb03_every_answer_is_guarded(user: Any, name: str, method: str, browser: str) -> None:
    client = Client()
    if browser == "user":
        client.force_login(user)
    assert is_guarded(getattr(client, method)(path(name)))


@pytest.mark.parametrize("name", FORMS)
def test_wb03_the_answer_to_a_form_is_guarded(ready: Any, name: str) -> None:
    client, page = ready(name)
    assert is_guarded(client.get(page))
    wrong = client.post(page, dict.fromkeys(FORMS[name], "x"))
    assert is_guarded(wrong)
    assert is_guarded(client.post(page, FORMS[name]))


@pytest.mark.parametrize("name", FORMS)
def test_wb03_a_forged_post_is_answered_with_a_guarded_page(ready: Any, name: str) -> None:
    client, page = ready(name, enforce_csrf_checks=True)
    response = client.post(page, FORMS[name])
    assert response.status_code == 403
    assert is_guarded(response)


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.fixed])
def test_wb03_the_page_of_a_disabled_route_is_guarded(db: Any, settings: Any, route: Any) -> None:
    settings.AUTHKIT = {**settings.AUTHKIT, "DISABLED_ROUTES": [route.key]}
    for page in route.pages:
        response = Client().get(path(page.names[0]))
        assert response.status_code == 404
        assert is_guarded(response)


LIMITED = [
    *("account_login", "account_signup", "account_reset_password", "account_username_retrieval"),
    *("account_change_password", "account_email", "account_deletion", "account_reauthenticate"),
    *("account_confirm_email", "account_reset_password_from_key"),
]


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("name", LIMITED)
def test_wb03_a_throttled_answer_is_guarded(ready: Any, name: str, opened: bool) -> None:  # noqa: FBT001
    client, page = ready(name)
    if not opened:
        client.cookies.clear()
    wrong = dict.fromkeys(FORMS[name], "x")
    responses = [client.post(page, wrong) for _turn in range(31)]
    if opened or name in OUTSIDE or name in LINKS:
        assert responses[-1].status_code == 429
    assert all(is_guarded(response) for response in responses)
    assert PASSWORD not in responses[-1].content.decode()


# WB04


@pytest.mark.parametrize("name", NAMES)
def test_wb04_a_shared_cache_hands_no_page_to_another(
    make_user: Callable[..., Any], settings: Any, name: str
) -> None:
    settings.MIDDLEWARE = [
        "django.middleware.cache.UpdateCacheMiddleware",
        *settings.MIDDLEWARE,
        "django.middleware.cache.FetchFromCacheMiddleware",
    ]
    settings.CACHE_MIDDLEWARE_SECONDS = 600
    settings.SESSION_SAVE_EVERY_REQUEST = True
    first, second = (make_user(first_name=word) for word in ("Firstborn", "Secondborn"))
    seen = []
    for user in (first, second, None):
        client = Client()
        if user is not None:
            client.force_login(user)
        seen.append(client.get(path(name)))
        assert "Age" not in seen[-1].headers
    assert not any(key.startswith("views.decorators.cache.cache_page") for key in cached_keys())
    pages = [response.content.decode() for response in seen]
    assert not any(word in pages[1] for word in ("Firstborn", first.email))
    assert not any(word in pages[2] for word in ("Firstborn", "Secondborn", second.email))
    cookies = [response.cookies.get("sessionid") for response in seen]
    values = [cookie.value for cookie in cookies if cookie is not None]
    assert len(values) == len(set(values))


def cached_keys() -> list[str]:
    return [key.split(":", 2)[2] for key in cache._cache]
