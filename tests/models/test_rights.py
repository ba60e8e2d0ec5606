"""The backends grant rights, and only to active users."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied

from authkit.models import Status, User


class Granting:
    """A backend that knows one permission and refuses another for everybody."""

    def has_perm(self, user: Any, perm: str, obj: Any = None) -> bool:
        if perm == "blog.forbidden":
            raise PermissionDenied
        return perm == "blog.read" or (perm == "blog.write" and obj == "mine")

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        return app_label == "blog"


class Silent:
    """A backend that has nothing to say."""


def ask(user: User) -> list[bool]:
    return [
        user.has_perm("blog.read"),
        user.has_perm("blog.write", "mine"),  # type: ignore[arg-type]
        user.has_perm("blog.write"),
        user.has_perm("blog.forbidden"),
        user.has_perms(["blog.read", "blog.write"]),
        user.has_perms(["blog.read"]),
        user.has_module_perms("blog"),
        user.has_module_perms("shop"),
    ]


def aask(user: User) -> list[bool]:
    async def answers() -> list[bool]:
        return [
            await user.ahas_perm("blog.read"),
            await user.ahas_perm("blog.write", "mine"),  # type: ignore[arg-type]
            await user.ahas_perm("blog.write"),
            await user.ahas_perm("blog.forbidden"),
            await user.ahas_perms(["blog.read", "blog.write"]),
            await user.ahas_perms(["blog.read"]),
            await user.ahas_module_perms("blog"),
            await user.ahas_module_perms("shop"),
        ]

    return async_to_sync(answers)()


RIGHTS = [
    (Status.ACTIVE, False, [True, True, False, False, False, True, True, False]),
    (Status.ACTIVE, True, [True] * 8),
    *[(status, True, [False] * 8) for status in Status if status != Status.ACTIVE],
]


@pytest.mark.parametrize("question", [ask, aask])
@pytest.mark.parametrize(("status", "is_superuser", "answers"), RIGHTS)
def test_backends_grant_rights_to_active_users(
    settings: Any,
    status: Status,
    question: Callable[[User], list[bool]],
    *,
    is_superuser: bool,
    answers: list[bool],
) -> None:
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Silent", f"{__name__}.Granting"]
    user = User(status=status, is_active=status == Status.ACTIVE, is_superuser=is_superuser)

    assert question(user) == answers


def test_one_permission_is_no_list_of_them(user: User) -> None:
    with pytest.raises(TypeError, match="list"):
        user.has_perms("blog.read")
