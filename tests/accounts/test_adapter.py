"""The bridge to the engine: what it asks for is answered by our policy."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.test import Client, RequestFactory
from django.urls import reverse

from authkit.accounts.adapter import AuthkitAccountAdapter, client_ip, is_safe_url, own_backend
from authkit.accounts.backend import AuthkitBackend
from authkit.models import Mail, Status
from tests.conftest import PASSWORD


def test_the_engine_asks_our_adapter() -> None:
    assert isinstance(get_adapter(), AuthkitAccountAdapter)


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        ("email_password_mismatch", "login_invalid"),
        ("username_password_mismatch", "login_invalid"),
        ("incorrect_password", "login_invalid"),
        ("too_many_login_attempts", "throttled"),
        ("email_taken", "email_taken"),
    ],
)
def test_an_error_of_a_login_is_in_our_words(code: str, ours: str) -> None:
    assert get_adapter().validation_error(code).code == ours


@pytest.mark.parametrize(("off", "is_open"), [([], True), (["registration"], False)])
def test_every_sign_up_is_closed_with_the_registration(
    *, off: list[str], is_open: bool, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"DISABLED_ROUTES": off}

    assert get_adapter().is_open_for_signup(RequestFactory().get("/")) is is_open


def test_a_mail_of_the_engine_goes_through_the_outbox(make_user: Any) -> None:
    user = make_user(status=Status.UNVERIFIED)
    confirmation = EmailConfirmationHMAC(EmailAddress.objects.get(user=user))

    get_adapter().send_confirmation_mail(RequestFactory().get("/"), confirmation, signup=True)

    assert [(m.purpose, m.address) for m in Mail.objects.all()] == [
        ("email_verification", user.email)
    ]


def test_a_password_set_by_the_engine_ends_every_session(user: Any, client_for: Any) -> None:
    client = client_for(user)

    get_adapter().set_password(user, "an entirely different passphrase")

    assert client.get(reverse("account_profile")).status_code == 302


def test_a_page_is_a_page_whatever_a_browser_accepts(db: Any) -> None:
    headers = {"accept": "application/json", "x-requested-with": "XMLHttpRequest"}

    response = Client(headers=headers).get(reverse("account_login"))

    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("wanted", [None, "/bye/", "account_signup"])
def test_after_logging_out_one_goes_where_the_project_says(
    wanted: str | None, settings: Any, user: Any, client_for: Any
) -> None:
    settings.LOGOUT_REDIRECT_URL = wanted

    response = client_for(user).post(reverse("account_logout"))

    expected = {None: "/auth/login/", "/bye/": "/bye/", "account_signup": "/auth/registration/"}
    assert response.url == expected[wanted]


class OwnBackend:
    """A backend of the project that has nothing to do with ours."""


def test_a_session_names_the_backend_as_the_project_does(settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = [
        f"{__name__}.OwnBackend",
        "authkit.accounts.backend.AuthkitBackend",
    ]

    assert own_backend() == "authkit.accounts.backend.AuthkitBackend"


SAFE = {
    "/": True,
    "/a/?b=c#d": True,
    "http://testserver/a/": True,
    "": False,
    None: False,
    "https://evil.example/": False,
    "//evil.example/": False,
    "/\\evil.example/": False,
    "http://localhost/": False,  # allowed as a host, but another origin
    "javascript:alert(1)": False,
    "/a\nb": False,
    "/ä": False,
    "/" + "a" * 2048: False,
}


@pytest.mark.parametrize("url", SAFE, ids=lambda url: str(url)[:30])
def test_only_an_address_of_this_origin_is_gone_to(url: str | None) -> None:
    assert is_safe_url(RequestFactory().get("/"), url) is SAFE[url]


@pytest.mark.parametrize(
    ("count", "forwarded", "ip"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "198.51.100.7", None),
        (1, "not an address", None),
    ],
)
def test_the_client_s_address_is_what_counted_proxies_say(
    count: int, forwarded: str, ip: str | None, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    request = RequestFactory().get("/", headers={"x-forwarded-for": forwarded})

    assert client_ip(request) == ip


class Stranger:
    """A user of another model, without our columns."""


def test_a_user_without_our_columns_is_judged_by_what_there_is() -> None:
    stranger = Stranger()
    assert AuthkitBackend().user_can_authenticate(stranger)

    stranger.is_active = False  # type: ignore[attr-defined]
    assert not AuthkitBackend().user_can_authenticate(stranger)


def test_nothing_is_granted_by_the_backend_yet(user: Any) -> None:
    backend = AuthkitBackend()

    assert backend.get_user_permissions(user) == set()
    assert backend.get_group_permissions(user) == set()
    assert backend.get_all_permissions(user) == set()
    assert not user.has_perm("authkit.change_user")


NOT_CREDENTIALS: list[dict[str, Any]] = [
    {},
    {"username": "user1@example.com"},
    {"username": "user1@example.com", "password": ""},
    {"username": "user1@example.com", "password": None},
    {"username": "user1@example.com", "password": 5},
    {"username": "user1@example.com", "password": ["x"]},
    {"username": "user1@example.com", "password": "x" * 4097},
    {"username": None, "password": PASSWORD},
    {"username": 5, "password": PASSWORD},
    {"username": {"$ne": None}, "password": PASSWORD},
    {"username": "user1\x00", "password": PASSWORD},
    {"username": "user1" + " " * 400, "password": PASSWORD},
    {"phone": "user1", "password": PASSWORD},
]


@pytest.mark.parametrize("credentials", NOT_CREDENTIALS, ids=str)
def test_what_are_no_credentials_let_nobody_in(credentials: dict[str, Any], user: Any) -> None:
    assert AuthkitBackend().authenticate(None, **credentials) is None


@pytest.mark.parametrize(
    ("methods", "typed", "in_"),
    [
        (["email"], "USER1@example.com", True),
        (["email"], "user1", False),
        (["username"], "User1", True),
        (["username"], "user1@example.com", False),
        (["email", "username"], "user1", True),
        (["email", "username"], "user1@example.com", True),
    ],
)
def test_a_name_lets_in_where_it_is_a_way_in(
    *, methods: list[str], typed: str, in_: bool, user: Any, settings: Any
) -> None:
    settings.AUTHKIT = settings.AUTHKIT | {"LOGIN_METHODS": methods}

    found = AuthkitBackend().authenticate(None, username=typed, password=PASSWORD)

    assert found == (user if in_ else None)
