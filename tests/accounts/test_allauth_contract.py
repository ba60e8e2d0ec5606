"""What authkit takes from django-allauth beyond its documented interface.

tox runs this against the oldest and the newest allauth that the package admits. A failure here says
which promise is gone; a failure elsewhere only says that something is.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa import app_settings as mfa_settings
from allauth.utils import get_setting
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils.module_loading import import_string

import authkit
from authkit.accounts.adapter import AuthkitAccountAdapter
from authkit.accounts.stages import ApprovalStage, FinalStatusStage
from tests.conftest import PASSWORD

OURS = Path(authkit.__file__).parent
THEIRS = Path(allauth.__file__).parent

# Everything that is imported, with how it is called; None: it is derived from or used as a model.
TAKEN: dict[str, tuple[tuple[object, ...], dict[str, object]] | None] = {
    "allauth.account.adapter.DefaultAccountAdapter": None,
    "allauth.account.auth_backends.AuthenticationBackend": None,
    "allauth.account.forms.LoginForm": None,
    "allauth.account.forms.ReauthenticateForm": None,
    "allauth.account.internal.stagekit.LOGIN_SESSION_KEY": None,
    "allauth.account.internal.stagekit.clear_login": (("request",), {}),
    "allauth.account.models.EmailAddress": None,
    "allauth.account.stages.LoginStage": None,
    "allauth.account.utils.perform_login": (
        ("request", "user"),
        {"signup": True, "redirect_url": None},
    ),
    "allauth.account.utils.user_pk_to_url_str": (("user",), {}),
    "allauth.account.views": None,
    "allauth.core.internal.httpkit.get_client_ip": (("request",), {}),
    "allauth.core.ratelimit.consume": (("request",), {"action": "", "user": None, "key": None}),
    "allauth.usersessions.models.UserSession": None,
}


def imports(file: Path) -> set[str]:
    """What *file* imports from allauth."""
    nodes = ast.walk(ast.parse(file.read_text()))
    found = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    return {
        f"{node.module}.{alias.name}"
        for node in found
        if node.module and node.module.split(".")[0] == "allauth"
        for alias in node.names
    }


def test_everything_that_is_imported_is_in_the_contract() -> None:
    assert {name for file in OURS.rglob("*.py") for name in imports(file)} == set(TAKEN)


@pytest.mark.parametrize("name", [name for name, call in TAKEN.items() if call])
def test_a_function_takes_what_it_is_given(name: str) -> None:
    arguments, keywords = TAKEN[name] or ((), {})

    inspect.signature(import_string(name)).bind(*arguments, **keywords)


# The seam through which AUTHKIT reaches allauth; it is not documented.


def answer(name: str, default: object) -> object:
    return f"{name} is not {default!r}"


@pytest.mark.parametrize("setting", [answer, f"{__name__}.answer"])
def test_allauth_asks_the_getter_for_every_setting(setting: object) -> None:
    with override_settings(ALLAUTH_SETTING_GETTER=setting):
        assert get_setting("ACCOUNT_X", 5) == "ACCOUNT_X is not 5"
        assert str(app_settings.LOGIN_TIMEOUT) == "ACCOUNT_LOGIN_TIMEOUT is not 900"
        assert str(mfa_settings.TOTP_ISSUER) == "MFA_TOTP_ISSUER is not ''"


# The adapter: allauth calls it, so its methods must still exist and take the same arguments.

OVERRIDDEN = sorted(
    name
    for name, value in vars(AuthkitAccountAdapter).items()
    if inspect.isfunction(value) and not name.startswith("__")
)


@pytest.mark.parametrize("name", OVERRIDDEN)
def test_every_method_of_our_adapter_overrides_one_of_allauths(name: str) -> None:
    theirs = inspect.signature(getattr(DefaultAccountAdapter, name))
    ours = inspect.signature(getattr(AuthkitAccountAdapter, name))
    parameters = theirs.parameters.values()
    positional = [item for item in parameters if item.kind == item.POSITIONAL_OR_KEYWORD]
    keyword_only = {item.name: item for item in parameters if item.kind == item.KEYWORD_ONLY}

    ours.bind(*positional, **keyword_only)


@pytest.mark.parametrize("name", ["pre_login", "post_login"])
def test_the_login_hooks_are_given_these_words(name: str) -> None:
    parameters = list(inspect.signature(getattr(DefaultAccountAdapter, name)).parameters)

    assert parameters[:3] == ["self", "request", "user"]
    assert set(parameters[3:]) >= {"email_verification", "redirect_url", "signup"}


@pytest.mark.parametrize(
    "code",
    [
        "email_password_mismatch",
        "incorrect_password",
        "too_many_login_attempts",
        "username_password_mismatch",
    ],
)
def test_allauth_has_the_error_that_we_say_in_our_words(code: str) -> None:
    theirs, ours = DefaultAccountAdapter(), get_adapter()

    assert ours.validation_error(code).messages != theirs.validation_error(code).messages


def test_the_message_that_we_replace_is_one_of_allauths() -> None:
    path = "account/messages/logged_out.txt"

    assert get_template(path)
    assert [file for file in (THEIRS / "account").rglob("*.py") if path in file.read_text()]


# The stages of a login.

STAGES = [
    "allauth.account.stages.LoginByCodeStage",
    "allauth.account.stages.PhoneVerificationStage",
    "allauth.account.stages.EmailVerificationStage",
    "allauth.mfa.stages.AuthenticateStage",
]


def test_the_default_stages_are_these() -> None:
    assert DefaultAccountAdapter().get_login_stages() == STAGES


def test_our_stages_stand_after_verification_and_at_the_end() -> None:
    assert get_adapter().get_login_stages() == [
        *STAGES[:3],
        "authkit.accounts.stages.ApprovalStage",
        *STAGES[3:],
        "authkit.accounts.stages.FinalStatusStage",
    ]


@pytest.mark.parametrize("stage", [ApprovalStage, FinalStatusStage])
def test_a_stage_is_made_and_asked_as_we_think(stage: type[LoginStage]) -> None:
    inspect.signature(LoginStage).bind("controller", "request", "login")
    theirs = {name for name, value in vars(LoginStage).items() if inspect.isfunction(value)}

    assert {"handle", "is_resumable"} <= theirs
    assert list(inspect.signature(LoginStage.is_resumable).parameters) == ["self", "request"]
    assert issubclass(stage, LoginStage)
    assert stage.key not in {import_string(path).key for path in STAGES}


def test_a_stage_without_response_that_does_not_go_on_ends_the_login(
    rf: RequestFactory, user: Any
) -> None:
    class Refusal(LoginStage):
        key = "refusal"

        def handle(self) -> Any:
            return None, False

    request = with_session(rf.get("/"))
    request.session[LOGIN_SESSION_KEY] = {"state": {}}
    login = import_string("allauth.account.models.Login")(user=user)
    controller = LoginStageController(request, login)
    controller.get_stages = lambda: [Refusal(controller, request, login)]

    response = controller.handle()

    assert response.url == reverse("account_login")
    assert LOGIN_SESSION_KEY not in request.session


def with_session(request: HttpRequest) -> HttpRequest:
    request.session = SessionStore()
    return request


def test_clear_login_forgets_a_login_that_has_begun(rf: RequestFactory) -> None:
    request = with_session(rf.get("/"))
    request.session["account_login"] = {"state": {}}
    request.session["account_authentication_methods"] = [{"method": "password"}]
    request.session["kept"] = 1

    clear_login(request)

    assert dict(request.session.items()) == {"kept": 1}


# The stash: how a refused login is told why, after the right password only.


def test_the_stash_gives_a_user_out_once(user: Any) -> None:
    AuthenticationBackend._stash_user(user)

    assert AuthenticationBackend.unstash_authenticated_user() is user
    assert AuthenticationBackend.unstash_authenticated_user() is None


@pytest.mark.parametrize(("password", "page"), [(PASSWORD, "account_inactive"), ("wrong", None)])
def test_the_login_page_asks_the_stash(user: Any, password: str, page: str | None) -> None:
    user.disable()
    data = {"login": user.email, "password": password}
    response: Any = Client().post(reverse("account_login"), data)

    assert getattr(response, "url", None) == (page and reverse(page))
