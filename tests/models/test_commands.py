"""Django's own commands work on our users."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from authkit.models import User

SECRET = "a password that nobody guesses"


@pytest.fixture
def types_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody at the terminal types SECRET."""
    monkeypatch.setattr("getpass.getpass", lambda *args, **kwargs: SECRET)


@pytest.mark.parametrize("password", [None, SECRET])
def test_createsuperuser(
    db: None, monkeypatch: pytest.MonkeyPatch, events: Callable[[], list[str]], password: str | None
) -> None:
    if password is not None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

    call_command("createsuperuser", email="Ann@Example.com", interactive=False, verbosity=0)

    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("ann@example.com", True, True)
    assert (user.status, user.has_usable_password()) == ("active", password is not None)
    assert events() == ["user_create"]


def test_createsuperuser_refuses_a_variant(user: User) -> None:
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", email="USER1@example.com", interactive=False, verbosity=0)


def test_changepassword_ends_every_session(
    user: User, types_password: None, events: Callable[[], list[str]]
) -> None:
    sessions = user.get_session_auth_hash()
    events()

    call_command("changepassword", "User1@Example.com", stdout=StringIO())

    user = User.objects.get()
    assert user.check_password(SECRET)
    assert (user.version, events()) == (1, ["user_password"])
    assert user.get_session_auth_hash() != sessions


def test_changepassword_leaves_the_status(
    make_user: Callable[..., User], types_password: None
) -> None:
    user = make_user()
    user.block()

    call_command("changepassword", user.email, stdout=StringIO())

    assert User.objects.get().status == "blocked"
